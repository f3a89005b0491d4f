package io.earthembed.onnx;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Converts inputs of one kind into samples for a tower's network. Safe for many threads.
 *
 * @param <T> type of the inputs
 */
interface Preparation<T> {
  /** An input that was checked, and is yet to be written. */
  interface Sample {
    /** Returns the sample's own length, for example its tokens; 1 if samples have one size. */
    default int length() {
      return 1;
    }

    /**
     * Fills the target.
     *
     * @param target direct, native byte order; its remaining bytes are those of one sample
     * @throws IllegalArgumentException naming what is wrong with the input
     */
    void write(ByteBuffer target);
  }

  /**
   * Checks an input before anything is written.
   *
   * @throws IllegalArgumentException naming what is wrong with the input
   */
  Sample sample(T input);

  /**
   * Returns the length that a sample is written with. Samples written with one length can share a
   * run of the network.
   *
   * @param length the sample's own length
   */
  default int paddedLength(int length) {
    return length;
  }

  /** Returns the bytes of a sample that is written with this length. */
  int sampleBytes(int paddedLength);

  /** Describes the preparation, for {@link io.earthembed.encoder.Encoder#preparation}. */
  default String describe() {
    return "";
  }

  /** Returns what is assumed of an input, for {@link io.earthembed.encoder.Encoder#assumptions}. */
  default List<String> assumptions(T input) {
    return List.of();
  }
}
