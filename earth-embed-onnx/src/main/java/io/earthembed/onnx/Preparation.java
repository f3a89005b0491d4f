package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Turns inputs of one kind into a tower's input tensor. Safe for many threads.
 *
 * @param <T> what is prepared
 */
interface Preparation<T> {
  /** The tensor it fills. */
  Tensor tensor();

  /** What it does, for {@link io.earthembed.encoder.Encoder#preparation}. */
  default String describe() {
    return "";
  }

  /**
   * Fails for an input that can be refused at a glance, before any work is done.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  void check(T input);

  /**
   * Writes one sample at the buffer's position and moves the position behind it.
   *
   * @param target direct, native byte order
   * @throws IllegalArgumentException saying what is wrong with the input
   */
  void write(T input, ByteBuffer target);

  /**
   * An input tensor.
   *
   * @param name its name in the ONNX file
   * @param type FLOAT, DOUBLE or INT64
   * @param shape of one sample, the batch axis left out
   */
  record Tensor(String name, OnnxJavaType type, List<Long> shape) {
    /** A picture tower's: channels first. */
    static Tensor of(ModelDescription.Image image) {
      long size = image.size();
      return new Tensor(
          image.network().input(),
          OnnxJavaType.FLOAT,
          List.of((long) image.channels(), size, size));
    }

    /** Bytes of one sample. */
    int sampleBytes() {
      long bytes = type.size;
      for (long side : shape) bytes = Math.multiplyExact(bytes, side);
      return Math.toIntExact(bytes);
    }

    long[] batchShape(int samples) {
      long[] whole = new long[shape.size() + 1];
      whole[0] = samples;
      for (int i = 0; i < shape.size(); i++) whole[i + 1] = shape.get(i);
      return whole;
    }
  }
}
