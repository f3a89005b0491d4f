package io.earthembed.parquet.internal;

import com.github.luben.zstd.Zstd;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.apache.parquet.format.CompressionCodec;
import org.xerial.snappy.Snappy;

/** Decompresses pages. */
final class Codecs {
  /** Its native library is loaded only if a page uses it. */
  private static final class Lz4 {
    static final LZ4SafeDecompressor DECOMPRESSOR = LZ4Factory.fastestInstance().safeDecompressor();
  }

  private Codecs() {}

  /**
   * Returns the most bytes that packed ones can become: Snappy copies 64 bytes with three; an LZ4
   * length grows by 255 per byte; deflate writes 258 bytes with two bits; a Zstandard block of four
   * bytes repeats one 128 Ki times. A header that claims more is wrong, and no memory is allocated
   * for it.
   */
  static long most(CompressionCodec codec, int packed) {
    long each =
        switch (codec) {
          case UNCOMPRESSED -> 1;
          case SNAPPY -> 22;
          case LZ4, LZ4_RAW -> 255;
          case GZIP -> 1032;
          default -> 1 << 15;
        };
    return each * packed + (codec == CompressionCodec.UNCOMPRESSED ? 0 : 64);
  }

  static byte[] compress(CompressionCodec codec, byte[] plain) {
    return codec == CompressionCodec.ZSTD ? Zstd.compress(plain, 3) : plain;
  }

  /**
   * Decompresses a page.
   *
   * @param length uncompressed length in its header, which the caller has bounded
   */
  static byte[] decompress(
      CompressionCodec codec, byte[] packed, int length, String source, long offset) {
    if (codec == CompressionCodec.UNCOMPRESSED) return packed;
    byte[] plain = new byte[length];
    long got;
    try {
      switch (codec) {
        case SNAPPY -> {
          // The stream contains its own length; it must not write beyond the array.
          got = Snappy.uncompressedLength(packed);
          if (got == length) Snappy.uncompress(packed, 0, packed.length, plain, 0);
        }
        case ZSTD -> got = Zstd.decompress(plain, packed);
        case LZ4_RAW -> got = lz4(packed, 0, packed.length, plain, 0);
        case LZ4 -> got = hadoopLz4(packed, plain);
        case GZIP -> {
          try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            got = in.readNBytes(plain, 0, length);
          }
        }
        default ->
            throw new EarthEmbedException(source + ": compression " + codec + " is not supported");
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof EarthEmbedException known) throw known;
      throw damaged(codec, e, source, offset);
    }
    requireLength(codec, got, length, source, offset);
    return plain;
  }

  static CorruptDataException damaged(
      CompressionCodec codec, Exception fault, String source, long offset) {
    return new CorruptDataException(
        source, offset, "a damaged " + codec + " page: " + fault.getMessage(), fault);
  }

  static void requireLength(
      CompressionCodec codec, long got, int length, String source, long offset) {
    if (got == length) return;
    throw new CorruptDataException(
        source, offset, "a " + codec + " page of " + got + " bytes, not " + length);
  }

  private static int lz4(byte[] packed, int from, int length, byte[] plain, int at) {
    return Lz4.DECOMPRESSOR.decompress(packed, from, length, plain, at, plain.length - at);
  }

  /**
   * Decompresses Parquet's LZ4, which is Hadoop's: each block begins with its uncompressed length,
   * each piece in it with its compressed length, both big-endian. Old files of other writers have
   * one bare block under that name.
   */
  private static int hadoopLz4(byte[] packed, byte[] plain) {
    try {
      ByteBuffer in = ByteBuffer.wrap(packed);
      int at = 0;
      while (in.hasRemaining()) {
        int end = Math.addExact(at, in.getInt());
        if (end < at || end > plain.length) throw new LZ4Exception("a block ends at " + end);
        while (at < end) {
          int length = in.getInt();
          if (length <= 0 || length > in.remaining()) {
            throw new LZ4Exception("a piece of " + length + " bytes");
          }
          at += lz4(packed, in.position(), length, plain, at);
          in.position(in.position() + length);
        }
        if (at != end) throw new LZ4Exception("a block of " + at + " bytes, not " + end);
      }
      return at;
    } catch (LZ4Exception | BufferUnderflowException | ArithmeticException e) {
      return lz4(packed, 0, packed.length, plain, 0);
    }
  }
}
