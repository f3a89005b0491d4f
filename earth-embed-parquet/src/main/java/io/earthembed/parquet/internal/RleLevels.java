package io.earthembed.parquet.internal;

import io.earthembed.common.CorruptDataException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Parquet's hybrid of run lengths and bit packing (RLE), the encoding of levels and dictionary
 * indices.
 */
final class RleLevels {
  private RleLevels() {}

  /**
   * Decodes values.
   *
   * @param in the encoded bytes, from its position on
   * @param width bits of a value, 0 to 32
   * @param count number of values
   */
  static int[] decode(ByteBuffer in, int width, int count, String source, long offset) {
    int[] values = new int[count];
    if (width == 0) return values;
    int bytes = (width + 7) / 8;
    int n = 0;
    while (n < count) {
      long header = varint(in);
      if (header < 0) throw damaged(source, offset);
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
        if (width == 8) {
          int packed = (int) groups * 8;
          int used = Math.min(packed, count - n);
          for (int i = 0; i < used; i++) values[n + i] = in.get(in.position() + i) & 0xFF;
          in.position(in.position() + packed);
          n += used;
          continue;
        }
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

  /**
   * Returns whether repetition levels describe rows of one length. It proves this from the runs,
   * without unpacking them. If the levels are damaged it returns false, and the decoder that reads
   * value by value names the damage.
   *
   * @param levels of one bit: 0 begins a row
   * @param inRow number of values of the first row in earlier pages
   */
  static boolean areRows(ByteBuffer levels, int count, int length, int inRow) {
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

  /**
   * Returns whether all levels are the greatest. Like {@link #areRows}, it proves this from the
   * runs, and returns false if the levels are damaged.
   */
  static boolean areAll(ByteBuffer levels, int count, int greatest) {
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

  /**
   * Reads a varint of at most 5 bytes, such as the header of a run: twice the length of a run of
   * one value, or twice the number of packed groups of 8 values, plus 1. Returns -1 if the number
   * is longer.
   */
  static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (!in.hasRemaining()) return -1;
      byte b = in.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) return value;
    }
    return -1;
  }

  private static CorruptDataException damaged(String source, long offset) {
    return new CorruptDataException(source, offset, "a page with damaged levels");
  }

  /** Writes a run of one value that fits a byte. */
  static void writeRun(ByteArrayOutputStream out, int count, int value) {
    long header = (long) count << 1;
    while (header > 0x7F) {
      out.write((int) ((header & 0x7F) | 0x80));
      header >>>= 7;
    }
    out.write((int) header);
    out.write(value);
  }
}
