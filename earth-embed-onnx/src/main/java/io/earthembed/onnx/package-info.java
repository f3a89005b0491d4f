/**
 * Encoders on ONNX Runtime: {@link io.earthembed.onnx.OnnxEncoders} loads a directory of ONNX files
 * and their description, {@link io.earthembed.onnx.DemoModel} the small model that comes in the
 * jar. No ONNX type is visible from outside.
 */
@NullMarked
package io.earthembed.onnx;

import org.jspecify.annotations.NullMarked;
