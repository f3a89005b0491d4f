package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Converts inputs of one kind into a tower's input tensor. Safe for many threads.
 *
 * @param <T> type of the inputs
 */
interface Preparation<T> {
  /** Returns the tensor that {@link #write} fills. */
  Tensor tensor();

  /** Describes the preparation, for {@link io.earthembed.encoder.Encoder#preparation}. */
  default String describe() {
    return "";
  }

  /**
   * Checks what can be checked of an input before any work is done.
   *
   * @throws IllegalArgumentException naming what is wrong with the input
   */
  void check(T input);

  /**
   * Writes one sample at the buffer's position and moves the position behind it.
   *
   * @param target direct, native byte order
   * @throws IllegalArgumentException naming what is wrong with the input
   */
  void write(T input, ByteBuffer target);

  /**
   * Describes an input tensor.
   *
   * @param name name in the ONNX file
   * @param type FLOAT, DOUBLE or INT64
   * @param shape shape of one sample, without the batch axis
   */
  record Tensor(String name, OnnxJavaType type, List<Long> shape) {
    /** Returns the input of a picture tower, channels first. */
    static Tensor of(ImageDescription image) {
      long size = image.size();
      return new Tensor(
          image.network().input(),
          OnnxJavaType.FLOAT,
          List.of((long) image.channels(), size, size));
    }

    /** Returns the bytes of one sample. */
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
