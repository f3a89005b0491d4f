package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.luben.zstd.Zstd;
import io.earthembed.common.CorruptDataException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.testkit.process.ChildJvm;
import io.earthembed.vector.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;

/**
 * Pages of a few kilobytes that claim to hold what would fill the machine, or that a careless
 * reader never ends to read, in a JVM that has 100 MiB for them.
 */
class HostilePagesTest {
  private static final int COUNT = 100;
  private static final int MANY = 250_000_000;
  private static final Column TEXTS = new Column("texts", Type.BYTE_ARRAY, 0, 0, 0);
  private static final Column NULLABLE = new Column("texts", Type.BYTE_ARRAY, 1, 0, 0);
  private static final Column LONGS = new Column("longs", Type.INT64, 0, 0, 0);
  private static final Column FLOATS = new Column("floats", Type.FLOAT, 2, 1, 0);
  private static final Column HALVES = new Column("halves", Type.FIXED_LEN_BYTE_ARRAY, 0, 1, 2);

  /** Bytes of a page. */
  private static final class Bytes extends ByteArrayOutputStream {
    Bytes varint(long value) {
      for (long v = value; ; v >>>= 7) {
        if (v < 0x80) {
          write((int) v);
          return this;
        }
        write((int) (v & 0x7F | 0x80));
      }
    }

    /** Writes a header of DELTA_BINARY_PACKED. */
    Bytes header(long block, long parts, long values) {
      return varint(block).varint(parts).varint(values).varint(0);
    }

    /** Blocks of equal numbers; the first is {@code first}, each further one {@code step} more. */
    Bytes delta(int values, int first, int step) {
      header(128, 4, values);
      count--; // the first is another
      varint(2L * first);
      for (int left = values - 1; left > 0; left -= 128) varint(2L * step).zeros(4);
      return this;
    }

    Bytes zeros(int n) {
      writeBytes(new byte[n]);
      return this;
    }

    Bytes add(byte... bytes) {
      writeBytes(bytes);
      return this;
    }

    /** Puts the length of these bytes before them. */
    Bytes withLength() {
      Bytes all = new Bytes();
      all.writeBytes(ByteBuffer.allocate(4).order(Footer.ORDER).putInt(size()).array());
      return all.add(toByteArray());
    }
  }

  /** A chunk of some pages, and how it is read. */
  private record Attack(Column column, CompressionCodec codec, byte[] pages, boolean embedding) {
    void run() {
      Chunk chunk = new Chunk(column, 4, pages.length, COUNT, codec, null);
      ByteBuffer bytes = ByteBuffer.wrap(pages);
      if (embedding) {
        Vectors target = Vectors.allocate(COUNT / 20, 20);
        EmbeddingColumn column = new EmbeddingColumn("memory", chunk, bytes, 20, COUNT / 20, 0);
        column.requireRows();
        column.decode(column.slices(1 << 20).get(0), target, 0, 1);
      } else if (column.type() == Type.INT64) {
        ValueReader.of("memory", chunk, bytes).numbers();
      } else {
        ValueReader.of("memory", chunk, bytes).texts();
      }
    }
  }

  private static byte[] write(PageHeader header, byte[] body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Util.writePageHeader(header, out);
    out.write(body);
    return out.toByteArray();
  }

  private static byte[] v1(Encoding encoding, int plain, byte[] packed) throws IOException {
    PageHeader header = new PageHeader(PageType.DATA_PAGE, plain, packed.length);
    header.setData_page_header(new DataPageHeader(COUNT, encoding, Encoding.RLE, Encoding.RLE));
    return write(header, packed);
  }

  private static byte[] v1(Encoding encoding, Bytes plain) throws IOException {
    return v1(encoding, plain.size(), plain.toByteArray());
  }

  private static byte[] packed(Encoding encoding, byte[] plain) throws IOException {
    return v1(encoding, plain.length, Zstd.compress(plain));
  }

  private static byte[] v2(Encoding encoding, int repetition, int definition, Bytes plain)
      throws IOException {
    PageHeader header = new PageHeader(PageType.DATA_PAGE_V2, plain.size(), plain.size());
    header.setData_page_header_v2(
        new DataPageHeaderV2(COUNT, 0, COUNT, encoding, definition, repetition));
    return write(header, plain.toByteArray());
  }

  private static byte[] dictionary(int count, int width, byte[] data) throws IOException {
    byte[] packed = Zstd.compress(new byte[count * width], 19);
    PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, count * width, packed.length);
    header.setDictionary_page_header(new DictionaryPageHeader(count, Encoding.PLAIN));
    return new Bytes().add(write(header, packed)).add(data).toByteArray();
  }

  /** Returns a run of bit-packed groups. */
  private static Bytes run(long groups) {
    return new Bytes().varint(groups << 1 | 1);
  }

  private static Attack plain(Column column, byte[] pages) {
    return new Attack(column, CompressionCodec.UNCOMPRESSED, pages, column.maxRepetition() > 0);
  }

  private static Attack zstd(Column column, byte[] pages) {
    return new Attack(column, CompressionCodec.ZSTD, pages, column.maxRepetition() > 0);
  }

  private static Map<String, Attack> attacks() throws IOException {
    Map<String, Attack> all = new LinkedHashMap<>();
    Encoding delta = Encoding.DELTA_BINARY_PACKED;
    all.put("numbers", plain(LONGS, v1(delta, new Bytes().header(128, 4, MANY).zeros(2000))));
    all.put("block", plain(LONGS, v1(delta, new Bytes().header(1 << 30, 1, 100).zeros(99))));
    all.put("parts", plain(LONGS, v1(delta, new Bytes().header(1 << 30, 1 << 27, 9).zeros(9))));
    all.put("negative", plain(LONGS, v1(delta, new Bytes().header(128, 4, 1L << 31).zeros(99))));
    all.put(
        "lengths",
        plain(
            TEXTS,
            v1(Encoding.DELTA_LENGTH_BYTE_ARRAY, new Bytes().header(128, 4, MANY).zeros(2000))));
    all.put(
        "prefixes",
        plain(TEXTS, v1(Encoding.DELTA_BYTE_ARRAY, new Bytes().header(128, 4, MANY).zeros(2000))));
    all.put(
        "suffixes",
        plain(
            TEXTS,
            v1(
                Encoding.DELTA_BYTE_ARRAY,
                new Bytes().delta(COUNT, 0, 0).header(128, 4, MANY).zeros(2000))));
    all.put(
        "suffixes V2",
        plain(
            TEXTS,
            v2(
                Encoding.DELTA_BYTE_ARRAY,
                0,
                0,
                new Bytes().delta(COUNT, 0, 0).header(128, 4, MANY).zeros(2000))));
    byte[] indices = new Bytes().add((byte) 1).add(run(MANY / 8).toByteArray()).toByteArray();
    all.put("indices", zstd(TEXTS, dictionary(1, 4, packed(Encoding.RLE_DICTIONARY, indices))));
    // Read as a signed number, the width would lead back, to the same run again and again.
    byte[] wide = {-21, 0, 0, 0};
    all.put("wide indices", zstd(TEXTS, dictionary(1, 4, packed(Encoding.RLE_DICTIONARY, wide))));
    all.put(
        "definition",
        plain(NULLABLE, v1(Encoding.PLAIN, run(MANY / 8).zeros(9).withLength().zeros(400))));
    all.put("definition V2", plain(NULLABLE, v2(Encoding.PLAIN, 0, 9, run(MANY / 8).zeros(400))));
    all.put(
        "repetition",
        plain(FLOATS, v1(Encoding.PLAIN, run(MANY / 8).zeros(9).withLength().zeros(400))));
    all.put("repetition V2", plain(FLOATS, v2(Encoding.PLAIN, 9, 0, run(MANY / 8).zeros(400))));
    byte[] first = packed(Encoding.RLE_DICTIONARY, new byte[1]);
    all.put("empty entries", zstd(TEXTS, dictionary(6 << 20, 4, first)));
    all.put("short entries", zstd(HALVES, dictionary(6 << 20, 2, first)));
    // Each value is its predecessor plus one byte.
    all.put(
        "longer and longer",
        plain(
            HALVES,
            v1(
                Encoding.DELTA_BYTE_ARRAY,
                new Bytes().delta(COUNT, 0, 1).delta(COUNT, 1, 0).zeros(COUNT))));
    all.put("shared texts", zstd(TEXTS, packed(Encoding.DELTA_BYTE_ARRAY, shared())));
    return all;
  }

  /** As many texts of 1 MiB, all the same: it is stored once. */
  private static byte[] shared() throws IOException {
    DeltaByteArrayWriter writer =
        new DeltaByteArrayWriter(1 << 20, 2 << 20, HeapByteBufferAllocator.getInstance());
    Binary text = Binary.fromConstantByteArray(new byte[1 << 20]);
    for (int i = 0; i < COUNT; i++) writer.writeBytes(text);
    return writer.getBytes().toByteArray();
  }

  /** Runs each attack; whoever takes memory for it ends here. */
  static final class Reader {
    public static void main(String[] args) throws Exception {
      List<String> wrong = new ArrayList<>();
      for (Map.Entry<String, Attack> attack : attacks().entrySet()) {
        try {
          attack.getValue().run();
          wrong.add(attack.getKey() + " was read");
        } catch (CorruptDataException e) {
          if (e.getCause() instanceof Error) wrong.add(attack.getKey() + ": " + e);
        } catch (RuntimeException | Error e) {
          wrong.add(attack.getKey() + ": " + e);
        }
      }
      System.out.println(wrong);
    }
  }

  @Test
  void areRefusedWithoutMemory() {
    assertEquals(
        "[]",
        ChildJvm.withMemory(100, 100, 900).run(Reader.class).requireSuccess().output().strip());
  }
}
