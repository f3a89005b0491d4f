package io.earthembed.parquet.internal;

import io.earthembed.common.CorruptDataException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Parquet's hybrid of run lengths and bit packing, for levels and dictionary indices. */
final class Levels {
  private Levels() {}

  /**
   * Decodes values.
   *
   * @param in the encoded bytes, from its position on
   * @param width bits of a value, 0 to 32
   * @param count how many there are
   */
  static int[] decode(ByteBuffer in, int width, int count, String source, long offset) {
    int[] values = new int[count];
    if (width == 0) return values;
    int bytes = (width + 7) / 8;
    int n = 0;
    while (n < count) {
      long header = varint(in, source, offset);
      if ((header & 1) == 0) {
        long run = header >>> 1;
        if (run == 0 || in.remaining() < bytes) throw damaged(source, offset);
        int value = 0;
        for (int b = 0; b < bytes; b++) value |= (in.get() & 0xFF) << (8 * b);
        int end = (int) Math.min(count, n + run);
        Arrays.fill(values, n, end, value);
        n = end;
      } else {
        long groups = header >>> 1;
        if (groups == 0 || groups * width > in.remaining()) throw damaged(source, offset);
        long held = 0;
        int bits = 0;
        int left = (int) groups * width;
        while (left > 0 || bits >= width) {
          while (bits < width && left > 0) {
            held |= (in.get() & 0xFFL) << bits;
            bits += 8;
            left--;
          }
          if (n < count) values[n++] = (int) (held & ((1L << width) - 1));
          held >>>= width;
          bits -= width;
        }
      }
    }
    return values;
  }

  private static long varint(ByteBuffer in, String source, long offset) {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (!in.hasRemaining()) throw damaged(source, offset);
      byte b = in.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) return value;
    }
    throw damaged(source, offset);
  }

  private static CorruptDataException damaged(String source, long offset) {
    return new CorruptDataException(source, offset, "a page with damaged levels");
  }

  /** Writes a run of one value that fits a byte. */
  static void run(ByteArrayOutputStream out, int count, int value) {
    long header = (long) count << 1;
    while (header > 0x7F) {
      out.write((int) ((header & 0x7F) | 0x80));
      header >>>= 7;
    }
    out.write((int) header);
    out.write(value);
  }
}
