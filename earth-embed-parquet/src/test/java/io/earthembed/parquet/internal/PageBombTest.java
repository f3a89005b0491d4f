package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.earthembed.common.CorruptDataException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Factory;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

/** A page is never taken for larger than its bytes can have become, and never for smaller. */
final class PageBombTest {
  private static final int MANY = 64 << 20;

  private static byte[] pack(CompressionCodec codec, byte[] plain) throws IOException {
    return switch (codec) {
      case SNAPPY -> Snappy.compress(plain);
      case ZSTD -> Zstd.compress(plain, 19);
      case LZ4, LZ4_RAW -> LZ4Factory.safeInstance().highCompressor().compress(plain);
      case GZIP -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
          gzip.write(plain);
        }
        yield out.toByteArray();
      }
      default -> plain;
    };
  }

  private static Chunk chunk(CompressionCodec codec, int bytes) {
    return new Chunk(new Column("x", Type.FLOAT, 0, 0, 0), 4, bytes, 1, codec, null);
  }

  private static ByteBuffer page(byte[] packed, int plain) throws IOException {
    PageHeader header = new PageHeader(PageType.DATA_PAGE, plain, packed.length);
    header.setData_page_header(new DataPageHeader(1, Encoding.PLAIN, Encoding.RLE, Encoding.RLE));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Util.writePageHeader(header, out);
    out.write(packed);
    return ByteBuffer.wrap(out.toByteArray());
  }

  /** Zeros are what compresses best: the bounds let the best of each codec pass. */
  @ParameterizedTest
  @EnumSource(names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZ4", "LZ4_RAW", "ZSTD"})
  void theBestCompressionPasses(CompressionCodec codec) throws IOException {
    for (int size : new int[] {0, 1, 100, 70_000, 4 << 20, MANY}) {
      byte[] packed = pack(codec, new byte[size]);
      ByteBuffer page = page(packed, size);
      assertEquals(
          size, Page.of("memory", chunk(codec, page.remaining()), page).get(0).plain(), codec + "");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZ4", "LZ4_RAW", "ZSTD"})
  void whatNoBytesJustifyIsRefused(CompressionCodec codec) throws IOException {
    ByteBuffer page = page(new byte[40], Page.MAX_BYTES);
    CorruptDataException e =
        assertThrows(
            CorruptDataException.class,
            () -> Page.of("memory", chunk(codec, page.remaining()), page));
    assertTrue(e.getMessage().contains(Page.MAX_BYTES + " uncompressed"), e.getMessage());
  }

  @Test
  void nothingIsLargerThanTheLimit() throws IOException {
    ByteBuffer page = page(new byte[1 << 20], Page.MAX_BYTES + 1);
    Chunk chunk = chunk(CompressionCodec.ZSTD, page.remaining());
    assertThrows(CorruptDataException.class, () -> Page.of("memory", chunk, page));
  }
}
