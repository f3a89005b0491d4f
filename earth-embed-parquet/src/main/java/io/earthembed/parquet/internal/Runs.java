package io.earthembed.parquet.internal;

import java.nio.ByteBuffer;

/**
 * Proves something of levels by their runs, without unpacking them. What cannot be proved, or is
 * damaged, is false: the decoder that goes value by value has the last word.
 */
final class Runs {
  private Runs() {}

  /**
   * Whether repetition levels are those of rows of one length.
   *
   * @param levels of one bit: 0 where a row begins
   * @param inRow values of the first row that stand in pages before this one
   */
  static boolean rowsOf(ByteBuffer levels, int count, int length, int inRow) {
    int n = 0;
    int at = inRow; // in the row
    while (n < count) {
      long header = varint(levels);
      if (header < 2 || !levels.hasRemaining()) return false;
      if ((header & 1) == 0) {
        int run = (int) Math.min(header >>> 1, count - n);
        if (levels.get() == 0) {
          if (length == 1) {
            n += run;
            continue;
          }
          if (run != 1 || at != 0) return false;
          at = 1;
        } else {
          if (at == 0 || run > length - at) return false;
          at += run;
          if (at == length) at = 0;
        }
        n += run;
      } else {
        long bytes = header >>> 1;
        if (bytes > levels.remaining()) return false;
        for (long b = 0; b < bytes && n < count; b++) {
          int bits = levels.get() & 0xFF;
          int held = Math.min(8, count - n);
          if (bits == 0xFF && held == 8 && at != 0 && length - at > 8) {
            at += 8;
          } else {
            for (int i = 0; i < held; i++) {
              if ((bits >> i & 1) != (at == 0 ? 0 : 1)) return false;
              if (++at == length) at = 0;
            }
          }
          n += held;
        }
      }
    }
    return true;
  }

  /** Whether all levels are the greatest. */
  static boolean allAre(ByteBuffer levels, int count, int greatest) {
    int width = 32 - Integer.numberOfLeadingZeros(greatest);
    if (width > 8) return false;
    int n = 0;
    while (n < count) {
      long header = varint(levels);
      if (header < 2 || !levels.hasRemaining()) return false;
      if ((header & 1) == 0) {
        if ((levels.get() & 0xFF) != greatest) return false;
        n += (int) Math.min(header >>> 1, count - n);
      } else {
        long groups = header >>> 1;
        if (groups * width > levels.remaining()) return false;
        for (long g = 0; g < groups && n < count; g++) {
          long packed = 0;
          for (int b = 0; b < width; b++) packed |= (levels.get() & 0xFFL) << (8 * b);
          int held = Math.min(8, count - n);
          for (int i = 0; i < held; i++) {
            if ((packed >>> (i * width) & ((1 << width) - 1)) != greatest) return false;
          }
          n += held;
        }
      }
    }
    return true;
  }

  /** The next run's header, or -1. */
  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (!in.hasRemaining()) return -1;
      byte b = in.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) return value;
    }
    return -1;
  }
}
