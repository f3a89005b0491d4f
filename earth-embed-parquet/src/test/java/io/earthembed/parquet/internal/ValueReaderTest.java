package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads columns of texts that repeat themselves in few bytes. */
class ValueReaderTest {
  private static final String LONG = "x".repeat(1 << 16);

  private static List<@Nullable String> texts(byte[] pages, int values) {
    Column column = new Column("product_id", Type.BYTE_ARRAY, 0, 0, 0);
    Chunk chunk = new Chunk(column, 4, pages.length, values, CompressionCodec.UNCOMPRESSED, null);
    ByteBuffer bytes = ByteBuffer.wrap(pages).order(ByteOrder.LITTLE_ENDIAN);
    return ValueReader.of("texts.parquet", chunk, bytes).texts();
  }

  private static void page(ByteArrayOutputStream out, PageHeader header, byte[] body)
      throws Exception {
    Util.writePageHeader(header, out);
    out.writeBytes(body);
  }

  private static PageHeader data(int length, int values, Encoding encoding) {
    PageHeader header = new PageHeader(PageType.DATA_PAGE, length, length);
    header.setData_page_header(new DataPageHeader(values, encoding, Encoding.RLE, Encoding.RLE));
    return header;
  }

  /** 60,000 rows of one 64 KiB entry must not take 4 GB. */
  @Test
  void anEntryOfADictionaryIsOneText() throws Exception {
    byte[] entry = LONG.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    ByteBuffer plain = ByteBuffer.allocate(4 + entry.length).order(ByteOrder.LITTLE_ENDIAN);
    plain.putInt(entry.length).put(entry);
    ByteArrayOutputStream pages = new ByteArrayOutputStream();
    PageHeader dictionary =
        new PageHeader(PageType.DICTIONARY_PAGE, plain.capacity(), plain.capacity());
    dictionary.setDictionary_page_header(new DictionaryPageHeader(1, Encoding.PLAIN));
    page(pages, dictionary, plain.array());
    // A bit width of 1, and one run of 60,000 noughts: its length, doubled, in LEB128.
    byte[] run = {1, (byte) 0xC0, (byte) 0xA9, 7, 0};
    page(pages, data(run.length, 60_000, Encoding.RLE_DICTIONARY), run);
    List<@Nullable String> texts = texts(pages.toByteArray(), 60_000);
    assertEquals(60_000, texts.size());
    assertEquals(LONG, texts.get(0));
    for (String text : texts) assertSame(texts.get(0), text);
  }

  /** Each text repeats its predecessor: 20,000 of 64 KiB would take 1.3 GB. */
  @Test
  void textsThatRepeatWhatCameBeforeHaveALimit() throws Exception {
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> texts(repeated(LONG, 20_000), 20_000));
    assertTrue(e.getMessage().contains("product_id"), e.getMessage());
    // Names as products have them share most, and are read.
    String name = "S2B_MSIL2A_20221115T161819_N9999_R040_T17SKS_20240717T223055";
    assertEquals(20_000, texts(repeated(name, 20_000), 20_000).size());
  }

  private static byte[] repeated(String text, int times) throws Exception {
    try (DeltaByteArrayWriter writer =
        new DeltaByteArrayWriter(1 << 10, 1 << 20, HeapByteBufferAllocator.getInstance())) {
      for (int i = 0; i < times; i++) writer.writeBytes(Binary.fromString(text));
      byte[] body = writer.getBytes().toByteArray();
      ByteArrayOutputStream pages = new ByteArrayOutputStream();
      page(pages, data(body.length, times, Encoding.DELTA_BYTE_ARRAY), body);
      return pages.toByteArray();
    }
  }
}
