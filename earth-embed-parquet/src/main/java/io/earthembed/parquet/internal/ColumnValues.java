package io.earthembed.parquet.internal;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * One column of one row group, decoded: levels, and values without the nulls as little-endian
 * bytes. Pages of both versions; PLAIN, dictionary and BYTE_STREAM_SPLIT.
 */
public final class ColumnValues {
  /** Bytes of an uncompressed page at the most. */
  private static final int MAX_PAGE = Page.MAX_BYTES;

  private final String source;
  private final Chunk chunk;
  private final List<Decoded> pages = new ArrayList<>();
  private @Nullable List<ByteBuffer> dictionary;

  /**
   * A page.
   *
   * @param definition levels, or null where every value is there
   * @param repetition levels, or null outside lists
   * @param count values, nulls included
   * @param present values without nulls
   * @param values PLAIN bytes of fixed-width types, else null
   * @param items byte arrays, else null
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Decoded(
      int @Nullable [] definition,
      int @Nullable [] repetition,
      int count,
      int present,
      @Nullable ByteBuffer values,
      @Nullable List<ByteBuffer> items) {}

  private ColumnValues(String source, Chunk chunk) {
    this.source = source;
    this.chunk = chunk;
  }

  /**
   * Decodes a chunk.
   *
   * @param bytes exactly its bytes
   * @throws CorruptDataException naming the file and the offset
   */
  public static ColumnValues decode(String source, Chunk chunk, ByteBuffer bytes) {
    ColumnValues column = new ColumnValues(source, chunk);
    try {
      column.walk(bytes);
    } catch (EarthEmbedException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw column.corrupt(0, "column " + chunk.column().name() + " is damaged: " + e, e);
    }
    return column;
  }

  private CorruptDataException corrupt(long at, String problem, @Nullable Throwable cause) {
    return new CorruptDataException(source, chunk.offset() + at, problem, cause);
  }

  private void walk(ByteBuffer bytes) throws IOException {
    // A tile's bands are megabytes: they are copied only where they must be.
    byte[] all = bytes.hasArray() ? bytes.array() : new byte[bytes.remaining()];
    int base = bytes.hasArray() ? bytes.arrayOffset() + bytes.position() : 0;
    if (!bytes.hasArray()) bytes.get(bytes.position(), all);
    int end = base + bytes.remaining();
    int from = base;
    long seen = 0;
    while (seen < chunk.values()) {
      int at = from - base;
      ByteArrayInputStream in = new ByteArrayInputStream(all, from, end - from);
      PageHeader header = Util.readPageHeader(in);
      int body = end - in.available();
      int packed = header.getCompressed_page_size();
      int plain = header.getUncompressed_page_size();
      if (packed < 0 || packed > end - body || plain < 0 || plain > MAX_PAGE) {
        throw corrupt(at, "a page of " + packed + " bytes, " + plain + " uncompressed", null);
      }
      switch (header.getType()) {
        case DICTIONARY_PAGE -> {
          byte[] page = unpack(all, body, packed, plain, at);
          int n = header.getDictionary_page_header().getNum_values();
          dictionary = split(little(page), n);
        }
        case DATA_PAGE -> seen += dataPage(header, all, body, packed, plain, at);
        case DATA_PAGE_V2 -> seen += dataPageV2(header, all, body, packed, plain, at);
        default -> {}
      }
      from = body + packed;
    }
  }

  private byte[] unpack(byte[] all, int from, int packed, int plain, long at) {
    byte[] page = new byte[packed];
    System.arraycopy(all, from, page, 0, packed);
    return Codecs.decompress(chunk.codec(), page, plain, source, chunk.offset() + at);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(Footer.ORDER);
  }

  private int requireCount(int count, long at) {
    if (count < 0 || count > chunk.values()) {
      throw corrupt(at, "a page of " + count + " values in a column of " + chunk.values(), null);
    }
    return count;
  }

  private int dataPage(PageHeader header, byte[] all, int from, int packed, int plain, long at) {
    DataPageHeader data = header.getData_page_header();
    int count = requireCount(data.getNum_values(), at);
    ByteBuffer page = little(unpack(all, from, packed, plain, at));
    Column column = chunk.column();
    int[] repetition = null;
    int[] definition = null;
    if (column.maxRepetition() > 0) repetition = levels(page, column.maxRepetition(), count, at);
    if (column.maxDefinition() > 0) definition = levels(page, column.maxDefinition(), count, at);
    add(page, data.getEncoding(), definition, repetition, count, at);
    return count;
  }

  private int dataPageV2(PageHeader header, byte[] all, int from, int packed, int plain, long at) {
    DataPageHeaderV2 data = header.getData_page_header_v2();
    int count = requireCount(data.getNum_values(), at);
    int r = data.getRepetition_levels_byte_length();
    int d = data.getDefinition_levels_byte_length();
    if (r < 0 || d < 0 || (long) r + d > packed || (long) r + d > plain) {
      throw corrupt(at, "levels larger than their page", null);
    }
    Column column = chunk.column();
    int[] repetition = null;
    int[] definition = null;
    if (column.maxRepetition() > 0) {
      repetition =
          decodeLevels(
              little(all).position(from).limit(from + r), column.maxRepetition(), count, at);
    }
    if (column.maxDefinition() > 0) {
      definition =
          decodeLevels(
              little(all).position(from + r).limit(from + r + d),
              column.maxDefinition(),
              count,
              at);
    }
    byte[] values;
    if (data.isSetIs_compressed() && !data.isIs_compressed()) {
      values = new byte[packed - r - d];
      System.arraycopy(all, from + r + d, values, 0, values.length);
    } else {
      values = unpack(all, from + r + d, packed - r - d, plain - r - d, at);
    }
    add(little(values), data.getEncoding(), definition, repetition, count, at);
    return count;
  }

  private int[] levels(ByteBuffer page, int max, int count, long at) {
    int length = page.getInt();
    if (length < 0 || length > page.remaining())
      throw corrupt(at, "levels larger than their page", null);
    ByteBuffer part = page.slice(page.position(), length).order(Footer.ORDER);
    page.position(page.position() + length);
    return decodeLevels(part, max, count, at);
  }

  private int[] decodeLevels(ByteBuffer part, int max, int count, long at) {
    int width = 32 - Integer.numberOfLeadingZeros(max);
    return Levels.decode(part, width, count, source, chunk.offset() + at);
  }

  private void add(
      ByteBuffer page,
      Encoding encoding,
      int @Nullable [] definition,
      int @Nullable [] repetition,
      int count,
      long at) {
    int present = count;
    if (definition != null) {
      present = 0;
      for (int level : definition) {
        if (level > chunk.column().maxDefinition()) throw corrupt(at, "a level out of range", null);
        if (level == chunk.column().maxDefinition()) present++;
      }
    }
    ByteBuffer values = page.slice().order(Footer.ORDER);
    int width = width(chunk.column());
    switch (encoding) {
      case PLAIN -> {
        if (width > 0) {
          if ((long) present * width > values.remaining())
            throw corrupt(at, "a page ends early", null);
          pages.add(new Decoded(definition, repetition, count, present, values, null));
        } else {
          pages.add(
              new Decoded(definition, repetition, count, present, null, split(values, present)));
        }
      }
      case BYTE_STREAM_SPLIT -> {
        if (width == 0 || (long) present * width > values.remaining()) {
          throw corrupt(at, "a page ends early", null);
        }
        ByteBuffer joined = ByteBuffer.allocate(present * width).order(Footer.ORDER);
        for (int i = 0; i < present; i++) {
          for (int b = 0; b < width; b++) joined.put(values.get(b * present + i));
        }
        pages.add(new Decoded(definition, repetition, count, present, joined.flip(), null));
      }
      case PLAIN_DICTIONARY, RLE_DICTIONARY ->
          pages.add(fromDictionary(values, definition, repetition, count, present, at));
      default ->
          throw new EarthEmbedException(
              source
                  + ": column "
                  + chunk.column().name()
                  + " is encoded as "
                  + encoding
                  + ", which is not supported");
    }
  }

  private Decoded fromDictionary(
      ByteBuffer values,
      int @Nullable [] definition,
      int @Nullable [] repetition,
      int count,
      int present,
      long at) {
    List<ByteBuffer> entries = dictionary;
    if (entries == null) throw corrupt(at, "a dictionary page is missing", null);
    int bits = present == 0 ? 0 : values.get();
    if (bits < 0 || bits > 32) throw corrupt(at, "dictionary indices of " + bits + " bits", null);
    int[] indices = Levels.decode(values, bits, present, source, chunk.offset() + at);
    List<ByteBuffer> items = new ArrayList<>(present);
    for (int index : indices) {
      if (index < 0 || index >= entries.size()) {
        throw corrupt(at, "dictionary index " + index + " of " + entries.size(), null);
      }
      items.add(entries.get(index));
    }
    int width = width(chunk.column());
    if (width == 0) return new Decoded(definition, repetition, count, present, null, items);
    ByteBuffer joined = ByteBuffer.allocate(Math.multiplyExact(present, width)).order(Footer.ORDER);
    for (ByteBuffer item : items) joined.put(item.duplicate());
    return new Decoded(definition, repetition, count, present, joined.flip(), null);
  }

  /** Bytes of a value, or 0 where they vary. */
  private static int width(Column column) {
    return switch (column.type()) {
      case INT32, FLOAT -> 4;
      case INT64, DOUBLE -> 8;
      case FIXED_LEN_BYTE_ARRAY -> column.typeLength();
      default -> 0;
    };
  }

  private List<ByteBuffer> split(ByteBuffer values, int count) {
    int width = width(chunk.column());
    List<ByteBuffer> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = width > 0 ? width : values.getInt();
      if (length < 0 || length > values.remaining()) {
        throw corrupt(
            0, "a value of " + length + " bytes in column " + chunk.column().name(), null);
      }
      items.add(values.slice(values.position(), length).order(Footer.ORDER));
      values.position(values.position() + length);
    }
    return items;
  }

  List<Decoded> pages() {
    return pages;
  }

  /** Byte arrays, one for each value; null where there is none. Outside lists only. */
  public List<@Nullable ByteBuffer> binaries() {
    if (chunk.column().type() != Type.BYTE_ARRAY || chunk.column().maxRepetition() > 0) {
      throw chunk.wrongType(source, "byte arrays");
    }
    List<@Nullable ByteBuffer> all = new ArrayList<>();
    for (Decoded page : pages) {
      List<ByteBuffer> items = page.items();
      if (items == null) throw chunk.wrongType(source, "byte arrays");
      int next = 0;
      for (int i = 0; i < page.count(); i++) {
        int[] definition = page.definition();
        boolean there = definition == null || definition[i] == chunk.column().maxDefinition();
        all.add(there ? items.get(next++) : null);
      }
    }
    return all;
  }
}
