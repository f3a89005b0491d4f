package io.earthembed.parquet.internal;

import com.github.luben.zstd.Zstd;
import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.format.CompressionCodec;
import org.xerial.snappy.Snappy;

/** Page compression. */
final class Codecs {
  private Codecs() {}

  static byte[] compress(CompressionCodec codec, byte[] plain) {
    return codec == CompressionCodec.ZSTD ? Zstd.compress(plain, 3) : plain;
  }

  /**
   * Decompresses a page.
   *
   * @param length what its header says it has uncompressed, already bounded by the caller
   */
  static byte[] decompress(
      CompressionCodec codec, byte[] packed, int length, String source, long offset) {
    byte[] plain = new byte[length];
    long got;
    try {
      switch (codec) {
        case UNCOMPRESSED -> {
          return packed;
        }
        case SNAPPY -> {
          // The stream itself tells its length; it must not write beyond the array.
          got = Snappy.uncompressedLength(packed);
          if (got == length) Snappy.uncompress(packed, 0, packed.length, plain, 0);
        }
        case ZSTD -> got = Zstd.decompress(plain, packed);
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
      throw new CorruptDataException(
          source, offset, "a damaged " + codec + " page: " + e.getMessage(), e);
    }
    if (got != length) {
      throw new CorruptDataException(
          source, offset, "a " + codec + " page of " + got + " bytes, not " + length);
    }
    return plain;
  }
}
