package io.earthembed.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.Map;

/** Makes the input tensors of a run from samples. Immutable and safe for many threads. */
interface InputTensors {
  /**
   * Makes the tensors.
   *
   * @param samples direct, native byte order; its remaining bytes are the samples
   * @param count number of samples
   * @return the network's inputs by name, to be closed by the caller
   */
  Map<String, OnnxTensor> of(OrtEnvironment environment, ByteBuffer samples, int count)
      throws OrtException;

  /**
   * Returns the tokens of a sample without those that pad it; {@link Integer#MAX_VALUE} if samples
   * are not padded.
   */
  default int tokens(ByteBuffer samples, int count, int sample) {
    return Integer.MAX_VALUE;
  }
}
