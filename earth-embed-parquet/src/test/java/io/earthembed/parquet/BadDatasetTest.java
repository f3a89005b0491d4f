package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.ModelInfo;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads files whose contents contradict their claims. Whatever they claim, reading ends in our
 * exception, naming the file, or in a result; and takes no more memory than {@link
 * GeoParquetDataset} says. The test's JVM has less memory than hostile files ask for.
 */
class BadDatasetTest {
  private static final ModelInfo MODEL = new ModelInfo("golden", "1", 20);
  private static final List<String> FORMS =
      List.of(
          "float-none-v1", "float-zstd-v2", "float-snappy-v1", "half-dictionary-v2", "texts-delta");

  @TempDir Path folder;

  private static byte[] form(String name) throws Exception {
    return Files.readAllBytes(
        Path.of("src/test/resources/io/earthembed/parquet/embeddings", name + ".parquet"));
  }

  /** Returns whether the file was refused. */
  private boolean refuses(byte[] bytes) throws Exception {
    Path file = folder.resolve("bad.parquet");
    Files.write(file, bytes);
    // A file that was written just now is waited for.
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() - 1000));
    try {
      GeoParquetDataset.open(file, MODEL).forEachBatch(batch -> {});
      return false;
    } catch (CorruptDataException e) {
      assertTrue(e.source().endsWith("bad.parquet"), e.getMessage());
      return true;
    } catch (EarthEmbedException e) {
      assertTrue(e.getMessage().contains("bad.parquet"), e.getMessage());
      return true;
    }
  }

  @Test
  void truncatedAtEvery997thByte() throws Exception {
    for (String form : FORMS) {
      byte[] good = form(form);
      for (int length = 0; length < good.length; length += 997) {
        assertTrue(refuses(Arrays.copyOf(good, length)), form + " cut at " + length);
      }
    }
  }

  /** The number of flips, over all forms; {@code -Dearthembed.flips=1000000} for longer. */
  @Test
  void tenThousandFlips() throws Exception {
    int flips = Integer.getInteger("earthembed.flips", 10_000);
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < flips; i++) {
      byte[] bad = form(FORMS.get(i % FORMS.size()));
      // Half of them in the footer, where a flip matters most.
      int within = i % 2 == 0 ? bad.length : Math.min(bad.length, 3000);
      bad[bad.length - 1 - random.nextInt(within)] ^= (byte) (1 << random.nextInt(8));
      if (refuses(bad)) refused++;
    }
    assertTrue(refused > flips / 20, "damage is noticed: " + refused + " of " + flips);
  }

  /** Returns the file with a changed footer. */
  static byte[] withFooter(byte[] good, Consumer<FileMetaData> change) throws Exception {
    int length = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(good.length - 8);
    int start = good.length - 8 - length;
    FileMetaData meta =
        Util.readFileMetaData(
            new java.io.ByteArrayInputStream(Arrays.copyOfRange(good, start, good.length - 8)));
    change.accept(meta);
    ByteArrayOutputStream bad = new ByteArrayOutputStream();
    bad.write(good, 0, start);
    Util.writeFileMetaData(meta, bad);
    int written = bad.size() - start;
    bad.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(written).array());
    bad.writeBytes(new byte[] {'P', 'A', 'R', '1'});
    return bad.toByteArray();
  }

  private static org.apache.parquet.format.ColumnMetaData column(FileMetaData meta, int i) {
    return meta.getRow_groups().get(0).getColumns().get(i).getMeta_data();
  }

  @Test
  void hostileFooters() throws Exception {
    byte[] good = form("float-none-v1");
    List<Consumer<FileMetaData>> changes =
        List.of(
            m -> column(m, 1).setTotal_compressed_size(good.length * 100L),
            m -> column(m, 1).setTotal_compressed_size(-1),
            m -> column(m, 1).setTotal_compressed_size(Long.MAX_VALUE),
            m -> column(m, 1).setData_page_offset(-5),
            m -> column(m, 1).setData_page_offset(Long.MAX_VALUE),
            m -> column(m, 1).setNum_values(-1),
            m -> column(m, 1).setNum_values(Long.MAX_VALUE),
            m -> column(m, 0).setNum_values(Integer.MAX_VALUE),
            m -> column(m, 0).setNum_values(59),
            m -> column(m, 1).setNum_values(1180),
            m -> m.getSchema().get(1).unsetType(),
            m -> m.getSchema().get(1).setType_length(-1),
            m -> m.getRow_groups().get(0).setNum_rows(-1),
            m -> m.getRow_groups().get(0).setNum_rows(Long.MAX_VALUE),
            m -> m.getRow_groups().get(0).setNum_rows(1L << 40),
            m -> m.getRow_groups().get(0).setNum_rows(61),
            m -> m.getRow_groups().get(0).setNum_rows(59),
            m -> m.getRow_groups().get(0).getColumns().remove(0),
            m -> m.getSchema().get(0).setNum_children(Integer.MAX_VALUE),
            m -> m.getSchema().get(0).setNum_children(-1),
            m -> m.getSchema().clear());
    for (int i = 0; i < changes.size(); i++) {
      assertTrue(refuses(withFooter(good, changes.get(i))), "change " + i);
    }
  }

  /** Groups within groups, none of which is optional. */
  @Test
  void schemasOfEndlessDepth() throws Exception {
    assertTrue(
        refuses(
            withFooter(
                form("float-none-v1"),
                m -> {
                  SchemaElement group = new SchemaElement("g").setNum_children(1);
                  group.setRepetition_type(FieldRepetitionType.REQUIRED);
                  m.getSchema().addAll(1, Collections.nCopies(100_000, group));
                })));
  }

  @Test
  void footersOfImpossibleLength() throws Exception {
    byte[] good = form("float-none-v1");
    for (int length : new int[] {Integer.MAX_VALUE, -1, good.length - 11, good.length, 0, 1}) {
      byte[] bad = good.clone();
      ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putInt(bad.length - 8, length);
      assertTrue(refuses(bad), "length " + length);
    }
    // A list of 2^31 - 1 row groups or schema elements in a footer of a few bytes.
    for (int field : new int[] {0x29, 0x49}) {
      ByteArrayOutputStream bad = new ByteArrayOutputStream();
      bad.writeBytes("PAR1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      byte[] footer = {(byte) field, (byte) 0xFC, -1, -1, -1, -1, 7, 0};
      bad.writeBytes(footer);
      bad.writeBytes(new byte[] {(byte) footer.length, 0, 0, 0, 'P', 'A', 'R', '1'});
      assertTrue(refuses(bad.toByteArray()), "list of field " + field);
    }
  }

  private static byte[] page(PageHeader header, byte[] body) throws Exception {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    Util.writePageHeader(header, page);
    page.writeBytes(body);
    return page.toByteArray();
  }

  /** Returns the file with other pages in its embedding column. */
  private static byte[] withPages(byte[] good, CompressionCodec codec, long values, byte[]... pages)
      throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] page : pages) all.writeBytes(page);
    byte[] footed = good.clone();
    int length = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(good.length - 8);
    int start = good.length - 8 - length;
    ByteArrayOutputStream longer = new ByteArrayOutputStream();
    longer.write(footed, 0, start);
    longer.writeBytes(all.toByteArray());
    longer.write(footed, start, length + 8);
    return withFooter(
        longer.toByteArray(),
        m -> {
          column(m, 1).setCodec(codec);
          column(m, 1).setData_page_offset(start);
          column(m, 1).unsetDictionary_page_offset();
          column(m, 1).setTotal_compressed_size(all.size());
          if (values > 0) column(m, 1).setNum_values(values);
        });
  }

  private static PageHeader data(int plain, int packed, int values, Encoding encoding) {
    PageHeader header = new PageHeader(PageType.DATA_PAGE, plain, packed);
    header.setData_page_header(new DataPageHeader(values, encoding, Encoding.RLE, Encoding.RLE));
    return header;
  }

  @Test
  void pagesThatClaimTooMuch() throws Exception {
    byte[] good = form("float-none-v1");
    byte[] bomb = Zstd.compress(new byte[200 << 20], 3);
    List<byte[]> bad =
        List.of(
            withPages(
                good,
                CompressionCodec.ZSTD,
                0,
                page(data(Integer.MAX_VALUE, 10, 1200, Encoding.PLAIN), new byte[10])),
            withPages(
                good,
                CompressionCodec.ZSTD,
                0,
                page(data(1 << 20, bomb.length, 1200, Encoding.PLAIN), bomb)),
            withPages(
                good,
                CompressionCodec.ZSTD,
                0,
                page(data(200 << 20, bomb.length, 1200, Encoding.PLAIN), bomb)),
            withPages(
                good,
                CompressionCodec.UNCOMPRESSED,
                0,
                page(data(100, Integer.MAX_VALUE, 1200, Encoding.PLAIN), new byte[100])),
            withPages(
                good,
                CompressionCodec.UNCOMPRESSED,
                0,
                page(data(-1, 100, 1200, Encoding.PLAIN), new byte[100])),
            withPages(
                good,
                CompressionCodec.UNCOMPRESSED,
                Integer.MAX_VALUE,
                page(data(100, 100, Integer.MAX_VALUE, Encoding.PLAIN), new byte[100])),
            withPages(
                good,
                CompressionCodec.UNCOMPRESSED,
                0,
                page(data(100, 100, -1, Encoding.PLAIN), new byte[100])),
            withPages(
                good,
                CompressionCodec.UNCOMPRESSED,
                0,
                page(data(100, 100, 1200, Encoding.DELTA_BINARY_PACKED), new byte[100])),
            withPages(
                good,
                CompressionCodec.UNCOMPRESSED,
                0,
                page(data(100, 100, 1200, Encoding.RLE_DICTIONARY), new byte[100])));
    for (int i = 0; i < bad.size(); i++) {
      assertTrue(refuses(bad.get(i)), "page " + i);
    }
    PageHeader dictionary = new PageHeader(PageType.DICTIONARY_PAGE, 4, 4);
    dictionary.setDictionary_page_header(
        new DictionaryPageHeader(Integer.MAX_VALUE, Encoding.PLAIN));
    assertTrue(
        refuses(withPages(good, CompressionCodec.UNCOMPRESSED, 0, page(dictionary, new byte[4]))),
        "a dictionary");
  }

  /** Returns a V1 page: its levels, given as pairs of count and level, then its values. */
  private static byte[] body(int[] repetition, int[] definition, byte[] values) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int[] runs : List.of(repetition, definition)) {
      ByteArrayOutputStream levels = new ByteArrayOutputStream();
      for (int i = 0; i < runs.length; i += 2) {
        int header = runs[i] << 1;
        for (; header > 0x7F; header >>>= 7) levels.write(header & 0x7F | 0x80);
        levels.write(header);
        levels.write(runs[i + 1]);
      }
      int n = levels.size();
      body.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(n).array());
      body.writeBytes(levels.toByteArray());
    }
    body.writeBytes(values);
    return body.toByteArray();
  }

  private static int[] rowLevels(int rows) {
    int[] runs = new int[4 * rows];
    for (int i = 0; i < rows; i++) {
      runs[4 * i] = 1;
      runs[4 * i + 2] = 19;
      runs[4 * i + 3] = 1;
    }
    return runs;
  }

  private byte[] withBody(byte[] body, Encoding encoding, byte[]... before) throws Exception {
    byte[][] pages = Arrays.copyOf(before, before.length + 1);
    pages[before.length] = page(data(body.length, body.length, 1200, encoding), body);
    return withPages(form("float-none-v1"), CompressionCodec.UNCOMPRESSED, 0, pages);
  }

  private static byte[] dictionary(int claimed, byte[] entries) throws Exception {
    PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, entries.length, entries.length);
    header.setDictionary_page_header(new DictionaryPageHeader(claimed, Encoding.PLAIN));
    return page(header, entries);
  }

  /** Rebuilds the faults of the files in bad_data of Apache's parquet-testing. */
  @Test
  void theKindsOfDamageThatAreKnown() throws Exception {
    int[] rows = rowLevels(60);
    int[] there = {1200, 3};
    byte[] values = new byte[4800];
    assertFalse(refuses(withBody(body(rows, there, values), Encoding.PLAIN)), "a good page");
    int[] startsInside = rows.clone();
    startsInside[1] = 1;
    List<byte[]> bad =
        List.of(
            withBody(body(rowLevels(30), there, values), Encoding.PLAIN),
            withBody(body(new int[0], there, values), Encoding.PLAIN),
            withBody(body(rows, new int[] {600, 3}, values), Encoding.PLAIN),
            withBody(body(startsInside, there, values), Encoding.PLAIN),
            withBody(body(rows, new int[] {1199, 3, 1, 2}, values), Encoding.PLAIN),
            withBody(body(rows, new int[] {1200, 7}, values), Encoding.PLAIN),
            withBody(body(rows, there, new byte[4799]), Encoding.PLAIN),
            withBody(body(rows, there, new byte[4799]), Encoding.BYTE_STREAM_SPLIT),
            withPages(
                form("float-none-v1"),
                CompressionCodec.UNCOMPRESSED,
                0,
                page(data(4800, 4800, 600, Encoding.PLAIN), new byte[4800])));
    for (int i = 0; i < bad.size(); i++) assertTrue(refuses(bad.get(i)), "page " + i);
    // Indices of no bits are all 0.
    byte[] indices = body(rows, there, new byte[] {0, (byte) 0xE0, 0x12});
    assertFalse(
        refuses(withBody(indices, Encoding.RLE_DICTIONARY, dictionary(1, new byte[4]))),
        "one entry");
    assertTrue(
        refuses(withBody(indices, Encoding.RLE_DICTIONARY, dictionary(0, new byte[4]))),
        "no entry");
    assertTrue(
        refuses(withBody(indices, Encoding.RLE_DICTIONARY, dictionary(-1, new byte[4]))),
        "fewer than no entries");
    byte[] wide = body(rows, there, new byte[] {33, (byte) 0xE0, 0x12, 0, 0, 0, 0, 0});
    assertTrue(
        refuses(withBody(wide, Encoding.RLE_DICTIONARY, dictionary(1, new byte[4]))), "33 bits");
  }

  /** A sparse file of 3 GiB. */
  @Test
  void aColumnOfMoreThanTwoGiB() throws Exception {
    byte[] good = form("float-none-v1");
    byte[] large =
        withFooter(good, m -> column(m, 1).setTotal_compressed_size(Integer.MAX_VALUE + 1L));
    Path file = folder.resolve("large.parquet");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(large), 3L << 30);
    }
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> GeoParquetDataset.open(file, MODEL));
    assertFalse(e instanceof CorruptDataException, e.getMessage());
    assertTrue(e.getMessage().contains("large.parquet"), e.getMessage());
    assertTrue(e.getMessage().contains("embedding has 2147483648 bytes"), e.getMessage());
  }

  @Test
  void saysWhere() throws Exception {
    byte[] bad = form("float-zstd-v2");
    // Within the first embedding page's compressed values.
    FileMetaData[] meta = new FileMetaData[1];
    byte[] same = withFooter(bad, m -> meta[0] = m);
    int at = (int) column(meta[0], 1).getData_page_offset();
    Arrays.fill(same, at, at + 20, (byte) 0xFF);
    Path file = folder.resolve("bad.parquet");
    Files.write(file, same);
    GeoParquetDataset dataset = GeoParquetDataset.open(file, MODEL);
    CorruptDataException e = assertThrows(CorruptDataException.class, dataset::vectors);
    assertEquals(at, e.offset(), e.getMessage());
    assertEquals(file.toString(), e.source());
  }
}
