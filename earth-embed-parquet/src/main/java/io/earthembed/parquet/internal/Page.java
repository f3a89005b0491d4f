package io.earthembed.parquet.internal;

import io.earthembed.base.range.ChunkBytes;
import io.earthembed.base.range.ChunkBytes.Pieces;
import io.earthembed.base.range.ChunkBytes.Room;
import io.earthembed.common.CorruptDataException;
import io.earthembed.parquet.internal.Footer.Chunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import shaded.parquet.org.apache.thrift.TException;

/**
 * A page as its header describes it, checked against its chunk.
 *
 * @param kind kind of page
 * @param at its header's offset in the chunk
 * @param body offset of its bytes in the chunk
 * @param packed stored bytes
 * @param plain uncompressed bytes, at most {@link #MAX_BYTES} and {@link Codecs#most}
 * @param count values, nulls included; entries of a dictionary; at most {@link #MAX_VALUES}
 * @param first values in the pages before it
 * @param encoding of the values
 * @param repetitionEncoding of the levels of a V1 page, which a column that is no list lacks
 * @param definitionEncoding likewise, which a column that is required lacks
 * @param repetition bytes of repetition levels that stand before the values of a V2 page
 * @param definition bytes of definition levels, likewise
 * @param compressed whether the values of a V2 page are
 */
record Page(
    Kind kind,
    int at,
    int body,
    int packed,
    int plain,
    int count,
    long first,
    Encoding encoding,
    Encoding repetitionEncoding,
    Encoding definitionEncoding,
    int repetition,
    int definition,
    boolean compressed) {
  /** The most bytes of an uncompressed page. */
  static final int MAX_BYTES = 1 << 28;

  /**
   * Entries that a dictionary may have besides used ones: writers of categories write all of them.
   */
  private static final int MAX_UNUSED = 1 << 18;

  /** Bytes that suffice for most headers. */
  private static final int HEADER = 1 << 8;

  private static final int MAX_HEADER = 1 << 24;

  /** The most values of a page. */
  static final int MAX_VALUES = 1 << 26;

  /** The kinds of pages. */
  enum Kind {
    DICTIONARY,
    V1,
    V2
  }

  /**
   * Returns the pages of a chunk, dictionary first.
   *
   * @param bytes exactly the chunk's bytes
   * @throws CorruptDataException naming the file and the offset
   */
  static List<Page> of(String source, Chunk chunk, ByteBuffer bytes) {
    return of(source, chunk, ChunkBytes.of(bytes));
  }

  /** Returns the pages of a chunk whose bytes are not in memory. */
  static List<Page> of(String source, Chunk chunk, ChunkBytes bytes) {
    try (Pieces pieces = bytes.open()) {
      List<Page> pages = of(source, chunk, pieces, bytes.size());
      pieces.requireUnchanged();
      return pages;
    }
  }

  private static List<Page> of(String source, Chunk chunk, Pieces bytes, int size) {
    List<Page> pages = new ArrayList<>();
    Room room = new Room();
    int at = 0;
    for (long seen = 0; seen < chunk.values(); ) {
      int[] body = {at};
      PageHeader header = header(source, chunk, bytes, size, body, room);
      int packed = header.getCompressed_page_size();
      int plain = header.getUncompressed_page_size();
      if (packed < 0
          || packed > size - body[0]
          || plain < 0
          || plain > MAX_BYTES
          || plain > Codecs.most(chunk.codec(), packed)) {
        throw new CorruptDataException(
            source,
            chunk.offset() + at,
            "a page of " + packed + " bytes, " + plain + " uncompressed");
      }
      Page page;
      try {
        page = page(header, at, body[0], seen, chunk);
      } catch (IllegalArgumentException | NullPointerException e) {
        throw new CorruptDataException(
            source, chunk.offset() + at, "an impossible page: " + e.getMessage(), e);
      }
      at = body[0] + packed;
      if (page == null) continue;
      pages.add(page);
      if (page.kind != Kind.DICTIONARY) seen += page.count;
    }
    return pages;
  }

  /**
   * Reads a header, whose length is unknown because it may contain statistics.
   *
   * @param at its start on entry, its end on return
   */
  private static PageHeader header(
      String source, Chunk chunk, Pieces bytes, int size, int[] at, Room room) {
    for (int most = HEADER; ; most *= 16) {
      int length = Math.min(most, size - at[0]);
      ByteBuffer in = bytes.read(at[0], length, room);
      int start = in.position();
      try {
        PageHeader header = Thrift.pageHeader(in);
        at[0] += in.position() - start;
        return header;
      } catch (TException | RuntimeException e) {
        if (length == most && most < MAX_HEADER) continue;
        throw new CorruptDataException(
            source, chunk.offset() + at[0], "a damaged page header: " + e.getMessage(), e);
      }
    }
  }

  /** Returns null for a page without values. */
  private static @org.jspecify.annotations.Nullable Page page(
      PageHeader header, int at, int body, long first, Chunk chunk) {
    int packed = header.getCompressed_page_size();
    int plain = header.getUncompressed_page_size();
    switch (header.getType()) {
      case DICTIONARY_PAGE -> {
        DictionaryPageHeader d = header.getDictionary_page_header();
        int least = chunk.column().width();
        int count = count(d.getNum_values(), Integer.MAX_VALUE);
        if ((long) count * (least == 0 ? 4 : least) > plain) {
          throw new IllegalArgumentException("a dictionary of " + count + " in " + plain);
        }
        // Entries may be unused or empty, but each becomes an object.
        if (count > Math.max(chunk.values(), MAX_UNUSED)) {
          throw new IllegalArgumentException(
              "a dictionary of " + count + " for " + chunk.values() + " values");
        }
        return new Page(
            Kind.DICTIONARY,
            at,
            body,
            packed,
            plain,
            count,
            first,
            d.getEncoding(),
            Encoding.RLE,
            Encoding.RLE,
            0,
            0,
            true);
      }
      case DATA_PAGE -> {
        DataPageHeader d = header.getData_page_header();
        return new Page(
            Kind.V1,
            at,
            body,
            packed,
            plain,
            count(d.getNum_values(), chunk.values() - first),
            first,
            d.getEncoding(),
            d.getRepetition_level_encoding(),
            d.getDefinition_level_encoding(),
            0,
            0,
            true);
      }
      case DATA_PAGE_V2 -> {
        DataPageHeaderV2 d = header.getData_page_header_v2();
        int r = d.getRepetition_levels_byte_length();
        int n = d.getDefinition_levels_byte_length();
        if (r < 0 || n < 0 || (long) r + n > packed || (long) r + n > plain) {
          throw new IllegalArgumentException("levels larger than their page");
        }
        return new Page(
            Kind.V2,
            at,
            body,
            packed,
            plain,
            count(d.getNum_values(), chunk.values() - first),
            first,
            d.getEncoding(),
            Encoding.RLE,
            Encoding.RLE,
            r,
            n,
            !d.isSetIs_compressed() || d.isIs_compressed());
      }
      default -> {
        return null;
      }
    }
  }

  private static int count(int count, long most) {
    if (count < 0 || count > MAX_VALUES || count > most) {
      throw new IllegalArgumentException(count + " values, of " + most);
    }
    return count;
  }
}
