package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.platform.Fp16Conversions;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Map;

/**
 * The one input of a picture or location network. Samples are its values; float32 values are
 * rounded to float16 if the network takes that.
 */
final class ValueTensor implements InputTensors {
  private final String name;
  private final List<Long> shape;
  private final OnnxJavaType type;

  /**
   * Compares the network's input with what it will get.
   *
   * @param type type of the samples' values: FLOAT or DOUBLE
   * @param shape shape of one sample
   * @throws EarthEmbedException if it takes another input
   */
  ValueTensor(OnnxSession session, String name, OnnxJavaType type, List<Long> shape) {
    this.name = name;
    this.shape = shape;
    TensorInfo found = session.requireInput(name);
    boolean half = type == OnnxJavaType.FLOAT && found.type == OnnxJavaType.FLOAT16;
    this.type = half ? OnnxJavaType.FLOAT16 : type;
    long[] axes = found.getShape();
    boolean fits = found.type == this.type && axes.length == shape.size() + 1;
    for (int i = 1; fits && i < axes.length; i++) {
      fits = axes[i] == -1 || axes[i] == shape.get(i - 1);
    }
    if (!fits) {
      StringBuilder expected = new StringBuilder("[n");
      for (long side : shape) expected.append(", ").append(side);
      throw new EarthEmbedException(
          session.file()
              + ": expected input "
              + name
              + " of "
              + OrtMessages.describe(type)
              + " "
              + expected.append(']')
              + ", found "
              + session.describeInput(name));
    }
    for (String other : session.inputs().keySet()) {
      if (!other.equals(name)) {
        throw new EarthEmbedException(
            session.file()
                + ": expected one input named "
                + name
                + ", found "
                + session.inputs().keySet());
      }
    }
  }

  @Override
  public Map<String, OnnxTensor> of(OrtEnvironment environment, ByteBuffer samples, int count)
      throws OrtException {
    long[] whole = new long[shape.size() + 1];
    whole[0] = count;
    for (int i = 0; i < shape.size(); i++) whole[i + 1] = shape.get(i);
    if (type != OnnxJavaType.FLOAT16) {
      return Map.of(name, OnnxTensor.createTensor(environment, samples, whole, type));
    }
    int values = samples.remaining() / Float.BYTES;
    ByteBuffer halves =
        ByteBuffer.allocateDirect(values * Short.BYTES).order(ByteOrder.nativeOrder());
    ShortBuffer target = halves.asShortBuffer();
    for (int i = 0; i < values; i++) {
      float value = samples.getFloat(samples.position() + i * Float.BYTES);
      target.put(Fp16Conversions.floatToFp16(value));
    }
    return Map.of(name, OnnxTensor.createTensor(environment, halves, whole, type));
  }
}
