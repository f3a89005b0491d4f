package io.earthembed.raster;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Unpacks chunks of Blosc 1 with Zstandard, Zarr's usual compression: with or without its shuffles
 * of bytes and bits (c-blosc, README_CHUNK_FORMAT.rst). Malformed chunks raise
 * IllegalArgumentExceptions.
 */
final class Blosc {
  private static final int HEADER = 16;
  private static final int SHUFFLE = 1;
  private static final int COPIED = 2;
  private static final int BIT_SHUFFLE = 4;
  private static final int ONE_STREAM = 16;
  private static final int ZSTD = 4;

  /** Smaller streams than that many values are not divided by bytes. */
  private static final int LEAST_STREAM = 128;

  private static final int MOST_STREAMS = 16;

  private Blosc() {}

  /**
   * Unpacks a chunk.
   *
   * @param expected its bytes
   */
  static byte[] unpack(ByteBuffer chunk, int expected) {
    ByteBuffer in = chunk.slice().order(ByteOrder.LITTLE_ENDIAN);
    require(in.remaining() >= HEADER, "a chunk without its header");
    int flags = in.get(2);
    int width = in.get(3) & 0xFF;
    int bytes = in.getInt(4);
    int block = in.getInt(8);
    require(in.get(0) == 2 || in.get(0) == 1, "a chunk of version " + in.get(0));
    require(bytes == expected, "a chunk of " + bytes + " bytes, not " + expected);
    require(in.getInt(12) <= in.limit() && in.getInt(12) >= HEADER, "a chunk that is cut off");
    byte[] out = new byte[expected];
    if (expected == 0) return out;
    if ((flags & COPIED) != 0) {
      require(in.limit() - HEADER >= expected, "a chunk that is cut off");
      in.get(HEADER, out);
      return out;
    }
    require(((flags & 0xFF) >> 5) == ZSTD, "a compressor other than Zstandard");
    require(block > 0 && width > 0, "blocks of " + block + " bytes");
    int blocks = (int) (((long) expected + block - 1) / block);
    require(in.limit() >= HEADER + 4L * blocks, "a list of blocks that is cut off");
    byte[] shuffled = new byte[Math.min(block, expected)];
    for (int i = 0; i < blocks; i++) {
      int size = Math.min(block, expected - i * block);
      boolean last = size < block;
      boolean divided =
          (flags & ONE_STREAM) == 0
              && !last
              && width <= MOST_STREAMS
              && size / width >= LEAST_STREAM;
      int streams = divided ? width : 1;
      int at = in.getInt(HEADER + 4 * i);
      for (int s = 0; s < streams; s++) {
        require(at >= HEADER && at <= in.limit() - 4, "a block at byte " + at);
        int packed = in.getInt(at);
        at += 4;
        require(packed >= 0 && packed <= in.limit() - at, "a block of " + packed + " bytes");
        unpack(in.slice(at, packed), shuffled, s * (size / streams), size / streams);
        at += packed;
      }
      if ((flags & BIT_SHUFFLE) != 0 && size >= width) {
        joinBits(shuffled, out, i * block, size, width);
      } else if ((flags & SHUFFLE) != 0 && width > 1) {
        joinBytes(shuffled, out, i * block, size, width);
      } else {
        System.arraycopy(shuffled, 0, out, i * block, size);
      }
    }
    return out;
  }

  private static void require(boolean valid, String problem) {
    if (!valid) throw new IllegalArgumentException(problem + " of Blosc");
  }

  private static void unpack(ByteBuffer packed, byte[] out, int from, int size) {
    if (packed.remaining() == size) {
      packed.get(out, from, size);
      return;
    }
    byte[] in = new byte[packed.remaining()];
    packed.get(in);
    try {
      long n = Zstd.decompressByteArray(out, from, size, in, 0, in.length);
      require(n == size, "a block of " + n + " bytes, not " + size);
    } catch (ZstdException e) {
      throw new IllegalArgumentException("a damaged block of Zstandard: " + e.getMessage(), e);
    }
  }

  private static void joinBytes(byte[] in, byte[] out, int to, int size, int width) {
    int values = size / width;
    for (int b = 0; b < width; b++) {
      for (int i = 0; i < values; i++) out[to + i * width + b] = in[b * values + i];
    }
    for (int i = values * width; i < size; i++) out[to + i] = in[i];
  }

  /** Joins bits: those of one number of all values lie together, eight values in a byte. */
  private static void joinBits(byte[] in, byte[] out, int to, int size, int width) {
    int values = size / width;
    if (values % 8 != 0) {
      System.arraycopy(in, 0, out, to, size);
      return;
    }
    int row = values / 8;
    for (int b = 0; b < width; b++) {
      for (int bit = 0; bit < 8; bit++) {
        int start = (b * 8 + bit) * row;
        for (int i = 0; i < values; i++) {
          out[to + i * width + b] |= (byte) ((in[start + i / 8] >> (i % 8) & 1) << bit);
        }
      }
    }
    for (int i = values * width; i < size; i++) out[to + i] = in[i];
  }
}
