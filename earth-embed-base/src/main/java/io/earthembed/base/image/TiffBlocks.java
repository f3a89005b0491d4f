package io.earthembed.base.image;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the strips or tiles of one TIFF, one after the other, and reuses its memory. It skips
 * bytes beyond the expected ones, such as the padding of a last strip. For one thread.
 */
final class TiffBlocks implements AutoCloseable {
  static final int NONE = 1;
  private static final int LZW = 5;
  private static final int DEFLATE = 8;
  private static final int OLD_DEFLATE = 32946;
  private static final int PACK_BITS = 32773;
  private static final int ZSTD = 50000;

  /**
   * The most bytes that a compression makes from one byte: PackBits a run of 128 from two bytes;
   * LZW a string of 4,096 from 12 bits; deflate 258 bytes from two bits; Zstandard a block of 128
   * KiB from four bytes.
   */
  private static final Map<Integer, Integer> MOST_OF_A_BYTE =
      Map.of(NONE, 1, PACK_BITS, 64, LZW, 2731, DEFLATE, 1032, OLD_DEFLATE, 1032, ZSTD, 1 << 15);

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(2, "CCITT RLE"),
          Map.entry(3, "CCITT Group 3"),
          Map.entry(4, "CCITT Group 4"),
          Map.entry(6, "old-style JPEG"),
          Map.entry(7, "JPEG"),
          Map.entry(32766, "NeXT"),
          Map.entry(32771, "CCITT RLE/W"),
          Map.entry(32809, "ThunderScan"),
          Map.entry(34661, "JBIG"),
          Map.entry(34676, "SGI Log"),
          Map.entry(34677, "SGI Log24"),
          Map.entry(34712, "JPEG 2000"),
          Map.entry(34887, "LERC"),
          Map.entry(34892, "lossy JPEG of DNG"),
          Map.entry(34925, "LZMA"),
          Map.entry(50001, "WebP"),
          Map.entry(50002, "JPEG XL"),
          Map.entry(52546, "JPEG XL of DNG"));

  /** The output between two checks for an interruption. */
  private static final int STEP = 1 << 20;

  private final long length;
  private final String source;
  private final int compression;
  private final boolean reversed;
  private @Nullable Inflater inflater;
  private byte[] plain = new byte[0];
  private byte[] packed = new byte[0];
  private int[] starts = new int[0];
  private int[] lengths = new int[0];

  /**
   * Creates an unpacker.
   *
   * @param length bytes of the file
   * @param compression TIFF tag 259
   * @param reversed whether the lowest bit of a byte comes first (FillOrder 2)
   * @throws EarthEmbedException if the compression is not supported
   */
  TiffBlocks(long length, String source, int compression, boolean reversed) {
    if (!MOST_OF_A_BYTE.containsKey(compression)) {
      throw new EarthEmbedException(
          source
              + ": TIFF compression "
              + compression
              + (NAMES.containsKey(compression) ? " (" + NAMES.get(compression) + ")" : "")
              + " is not supported, only none, LZW, deflate, PackBits and Zstandard");
    }
    this.length = length;
    this.source = source;
    this.compression = compression;
    this.reversed = reversed;
  }

  /** Returns whether the tag Predictor applies: libtiff observes it for these compressions only. */
  boolean predicts() {
    return compression != NONE && compression != PACK_BITS;
  }

  /** Returns whether blocks are stored uncompressed. */
  boolean isPlain() {
    return compression == NONE;
  }

  /**
   * Checks that a block lies in the file and can contain the expected bytes, before memory is
   * allocated.
   *
   * @throws CorruptDataException if not
   */
  void check(long offset, long size, int expected) {
    if (offset < 0 || size < 0 || offset > length || size > length - offset) {
      throw corrupt(offset, "a block of " + size + " bytes in a file of " + length);
    }
    int most = MOST_OF_A_BYTE.getOrDefault(compression, 1);
    if (expected > size * most) {
      throw corrupt(offset, "a block of " + size + " bytes, which cannot hold " + expected);
    }
  }

  /**
   * Unpacks a checked block.
   *
   * @param stored its bytes in the file
   * @param expected the least bytes that it must have
   * @return an array that begins with them, valid until the next call
   * @throws CorruptDataException if it is damaged or has fewer
   */
  byte[] unpack(ByteBuffer stored, long offset, int expected) {
    checkInterrupted();
    if (plain.length < expected) plain = new byte[expected];
    int size = stored.remaining();
    byte[] in = stored.hasArray() ? stored.array() : packed(size);
    int from = stored.hasArray() ? stored.arrayOffset() + stored.position() : 0;
    if (!stored.hasArray()) stored.get(stored.position(), in, 0, size);
    if (reversed) {
      byte[] turned = packed(size);
      for (int i = 0; i < size; i++) {
        turned[i] = (byte) (Integer.reverse(in[from + i]) >>> 24);
      }
      in = turned;
      from = 0;
    }
    int got =
        switch (compression) {
          case NONE -> {
            System.arraycopy(in, from, plain, 0, expected);
            yield expected;
          }
          case LZW -> lzw(in, from, size, offset, expected);
          case PACK_BITS -> packBits(in, from, size, expected);
          case ZSTD -> zstd(in, from, size, offset, expected);
          default -> inflate(in, from, size, offset, expected);
        };
    if (got != expected) throw corrupt(offset, "a block of " + got + " bytes, not " + expected);
    return plain;
  }

  private byte[] packed(int size) {
    if (packed.length < size) packed = new byte[size];
    return packed;
  }

  private CorruptDataException corrupt(long offset, String problem) {
    return new CorruptDataException(source, offset, problem);
  }

  /** Fails if the thread was interrupted: nobody waits for the tile any more. */
  void checkInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new EarthEmbedException(source + ": interrupted while decoding");
    }
  }

  private int inflate(byte[] in, int from, int size, long offset, int expected) {
    if (inflater == null) inflater = new Inflater();
    else inflater.reset();
    try {
      inflater.setInput(in, from, size);
      int n = 0;
      while (n < expected) {
        int more = inflater.inflate(plain, n, Math.min(STEP, expected - n));
        if (more == 0) break;
        n += more;
        checkInterrupted();
      }
      return n;
    } catch (DataFormatException e) {
      throw new CorruptDataException(
          source, offset, "a damaged deflate block: " + e.getMessage(), e);
    }
  }

  private int zstd(byte[] in, int from, int size, long offset, int expected) {
    try {
      return Zstandard.decompress(in, from, size, plain, expected);
    } catch (IOException e) {
      throw new CorruptDataException(
          source, offset, "a damaged Zstandard block: " + e.getMessage(), e);
    } catch (NoClassDefFoundError e) {
      throw new EarthEmbedException(
          source + ": is compressed by Zstandard; add com.github.luben:zstd-jni to the class path",
          e);
    }
  }

  /** Apart from the other decoders, so that they work without the library. */
  private static final class Zstandard {
    static int decompress(byte[] in, int from, int size, byte[] plain, int expected)
        throws IOException {
      try {
        return (int) Zstd.decompressByteArray(plain, 0, expected, in, from, size);
      } catch (ZstdException e) {
        // The block is damaged, or longer than expected like a padded last strip. Decompressing it
        // as a stream shows which.
      }
      try (ZstdInputStreamNoFinalizer stream =
          new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(in, from, size))) {
        return stream.readNBytes(plain, 0, expected);
      }
    }
  }

  /** TIFF 6.0, section 9. */
  private int packBits(byte[] in, int from, int size, int expected) {
    int n = 0;
    int end = from + size;
    for (int p = from; p < end && n < expected; ) {
      int code = in[p++];
      if (code >= 0) {
        int run = Math.min(code + 1, Math.min(end - p, expected - n));
        System.arraycopy(in, p, plain, n, run);
        p += code + 1;
        n += run;
      } else if (code != -128 && p < end) {
        byte value = in[p++];
        for (int run = Math.min(1 - code, expected - n); run > 0; run--) plain[n++] = value;
      }
    }
    return n;
  }

  /**
   * Unpacks LZW as in TIFF 6.0, section 13: codes of 9 to 12 bits, highest bit first, which grow
   * one code early. Older writers put the lowest bit first and did not grow codes early; their
   * first code, which clears the table, identifies them. A string is stored as the start of its
   * last appearance in the output.
   */
  private int lzw(byte[] in, int from, int size, long offset, int expected) {
    if (starts.length == 0) {
      starts = new int[4096];
      lengths = new int[4096];
    }
    boolean old = size >= 2 && in[from] == 0 && (in[from + 1] & 1) != 0;
    int early = old ? 0 : 1;
    int next = 258;
    int width = 9;
    int previousStart = -1;
    int previousLength = 0;
    int n = 0;
    int looked = 0;
    long held = 0;
    int bits = 0;
    int end = from + size;
    for (int p = from; n < expected; ) {
      while (bits < width && p < end) {
        long more = in[p++] & 0xFF;
        held = old ? held | more << bits : (held & 0xFFF) << 8 | more;
        bits += 8;
      }
      if (bits < width) break;
      int code;
      if (old) {
        code = (int) held & ((1 << width) - 1);
        held >>>= width;
      } else {
        code = (int) (held >> (bits - width)) & ((1 << width) - 1);
      }
      bits -= width;
      if (code == 257) break;
      if (code == 256) {
        next = 258;
        width = 9;
        previousStart = -1;
        continue;
      }
      boolean literal = code < 256;
      boolean fresh = code == next && previousStart >= 0;
      if (!literal && !fresh && (code >= next || code < 258)) {
        throw corrupt(offset + p - from, "LZW code " + code);
      }
      int start = literal ? -1 : fresh ? previousStart : starts[code];
      int length = literal ? 1 : fresh ? previousLength + 1 : lengths[code];
      int here = n;
      if (literal) {
        plain[n++] = (byte) code;
      } else {
        // A new string ends with its own first byte, which has been written by then.
        for (int i = Math.min(length, expected - n); i > 0; i--) plain[n++] = plain[start++];
      }
      if (previousStart >= 0 && next < 4096) {
        // The previous string and the first byte of this one are adjacent in the output.
        starts[next] = previousStart;
        lengths[next] = previousLength + 1;
        next++;
      }
      previousStart = here;
      previousLength = length;
      int reach = next + early;
      width = reach >= 2048 ? 12 : reach >= 1024 ? 11 : reach >= 512 ? 10 : 9;
      if (n - looked >= STEP) {
        checkInterrupted();
        looked = n;
      }
    }
    return n;
  }

  @Override
  public void close() {
    if (inflater != null) inflater.end();
  }
}
