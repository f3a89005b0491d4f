package io.earthembed.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * The inputs of a network of pictures with texts. A sample is that of {@link ValueTensors},
 * followed by that of {@link TokenTensors}.
 */
final class ImageTextTensors implements InputTensors {
  private final ValueTensors pictures;
  private final TokenTensors texts;

  ImageTextTensors(ValueTensors pictures, TokenTensors texts) {
    this.pictures = pictures;
    this.texts = texts;
  }

  @Override
  public Map<String, OnnxTensor> of(OrtEnvironment environment, ByteBuffer samples, int count)
      throws OrtException {
    int bytes = samples.remaining() / count;
    int split = pictures.sampleBytes();
    Map<String, OnnxTensor> tensors =
        new HashMap<>(pictures.of(environment, gather(samples, count, 0, split), count));
    try {
      tensors.putAll(texts.of(environment, gather(samples, count, split, bytes - split), count));
      return tensors;
    } catch (OrtException | RuntimeException e) {
      tensors.values().forEach(OnnxTensor::close);
      throw e;
    }
  }

  /** Copies the bytes from an offset in each sample. */
  private static ByteBuffer gather(ByteBuffer samples, int count, int offset, int bytes) {
    int stride = samples.remaining() / count;
    ByteBuffer parts = ByteBuffer.allocateDirect(count * bytes).order(ByteOrder.nativeOrder());
    for (int i = 0; i < count; i++) {
      parts.put(i * bytes, samples, samples.position() + i * stride + offset, bytes);
    }
    return parts;
  }
}
