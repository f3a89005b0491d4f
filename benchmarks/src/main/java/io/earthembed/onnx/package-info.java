/** Benchmarks of what is not public in earth-embed-onnx. */
package io.earthembed.onnx;
