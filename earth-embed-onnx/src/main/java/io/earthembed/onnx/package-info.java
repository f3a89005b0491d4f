/**
 * Encoders on ONNX Runtime: {@link io.earthembed.onnx.OnnxEncoders} loads a directory of ONNX files
 * and their description, {@link io.earthembed.onnx.DemoModel} a small model in the jar. No ONNX
 * Runtime type appears in a public signature.
 */
@NullMarked
package io.earthembed.onnx;

import org.jspecify.annotations.NullMarked;
