package io.earthembed.parquet.internal;

import io.earthembed.base.range.ChunkBytes;
import io.earthembed.base.range.ChunkBytes.Pieces;
import io.earthembed.base.table.Float16;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the embeddings of one row group from its pages to native memory.
 *
 * <p>Pages of float, half or double lists whose levels prove that each row has the expected number
 * of values are copied or converted as blocks, independently of each other. The proof only walks
 * the runs of the levels. If any page needs it, the whole row group goes through parquet-java's
 * decoder ({@link ValueReader}), which also finds the row to name if one is missing or has another
 * length.
 *
 * <p>Rows of bytes are copied as they are: from lists of integers of 8 bits, or from one value of
 * bytes per row.
 */
public final class EmbeddingColumn {
  /** Bytes of floats that every row group may have. */
  private static final long MOST_SMALL = 16 << 20;

  /** Further bytes of floats per byte of its pages, unless its lists are proved to be rows. */
  private static final long MOST_ALIKE = 64;

  /** Bytes that are converted at a time. */
  private static final int BLOCK = 1 << 14;

  private final String source;
  private final Chunk chunk;
  private final ChunkBytes bytes;
  private final int dimension;
  private final long rows;
  private final long firstRow;
  private final BitSet skipped;
  private final @Nullable Integers integers;
  private final boolean asBytes;
  private final List<Page> pages;

  /** Values of a row: its components, or 1 if one value holds them all. */
  private final int perRow;

  private final boolean plainRows;
  private final float @Nullable [] dictionary;

  /** The entries of the dictionary one after another, if rows are bytes. */
  private final byte @Nullable [] codes;

  /**
   * Walks the page headers.
   *
   * @param source file or URL for messages
   * @param bytes exactly the chunk's bytes
   * @param dimension values per row
   * @param rows rows of the row group
   * @param firstRow number of its first row in messages
   * @throws CorruptDataException naming the file and the offset
   */
  public EmbeddingColumn(
      String source, Chunk chunk, ByteBuffer bytes, int dimension, long rows, long firstRow) {
    this(source, chunk, ChunkBytes.of(bytes), dimension, rows, firstRow, new BitSet(), null);
  }

  /**
   * Walks the page headers of bytes that are not in memory.
   *
   * @param skipped rows of the row group that are left out, whatever they hold
   * @param integers the values of integers if the embeddings are lists of small integers, or null
   */
  public EmbeddingColumn(
      String source,
      Chunk chunk,
      ChunkBytes bytes,
      int dimension,
      long rows,
      long firstRow,
      BitSet skipped,
      @Nullable Integers integers) {
    this(source, chunk, bytes, dimension, rows, firstRow, skipped, integers, false);
  }

  /**
   * Walks the page headers of rows of bytes, for {@link #bytes}.
   *
   * @param width bytes of a row
   * @param skipped rows of the row group that are left out, whatever they hold
   * @throws EarthEmbedException if a row is neither a list of integers of 8 bits nor a value of
   *     bytes
   */
  public static EmbeddingColumn ofBytes(
      String source,
      Chunk chunk,
      ChunkBytes bytes,
      int width,
      long rows,
      long firstRow,
      BitSet skipped) {
    return new EmbeddingColumn(source, chunk, bytes, width, rows, firstRow, skipped, null, true);
  }

  private EmbeddingColumn(
      String source,
      Chunk chunk,
      ChunkBytes bytes,
      int dimension,
      long rows,
      long firstRow,
      BitSet skipped,
      @Nullable Integers integers,
      boolean asBytes) {
    this.source = source;
    this.chunk = chunk;
    this.bytes = bytes;
    this.dimension = dimension;
    this.rows = rows;
    this.firstRow = firstRow;
    this.skipped = skipped;
    this.integers = integers;
    this.asBytes = asBytes;
    requireValues();
    pages = Page.of(source, chunk, bytes);
    boolean lists = chunk.column().maxRepetition() == 1;
    perRow = lists ? dimension : 1;
    long values = 0;
    boolean known = (lists || asBytes) && chunk.column().width() > 0;
    known &= skipped.isEmpty();
    int width = Math.max(1, chunk.column().width());
    for (Page page : pages) {
      switch (page.kind()) {
        case DICTIONARY -> {}
        case V1, V2 -> {
          values += page.count();
          known &= !isStored(page.encoding()) || page.count() <= page.plain() / width;
          known &= page.repetitionEncoding() == Encoding.RLE || !lists;
          known &= page.definitionEncoding() == Encoding.RLE || chunk.column().maxDefinition() == 0;
        }
      }
    }
    // If a row is missing or has another length, either this is false or a page's levels show it.
    plainRows = known && rows <= Long.MAX_VALUE / perRow && values == rows * perRow;
    dictionary = plainRows && !asBytes ? dictionary() : null;
    codes = plainRows && asBytes ? codes() : null;
  }

  /** Returns whether each value takes up its bytes in a page. */
  private static boolean isStored(Encoding encoding) {
    return encoding == Encoding.PLAIN || encoding == Encoding.BYTE_STREAM_SPLIT;
  }

  private void requireValues() {
    Column column = chunk.column();
    if (asBytes) {
      if (column.isBytes(dimension)) return;
      throw chunk.wrongType(source, "rows of " + dimension + " bytes");
    }
    if (integers != null) {
      if (column.isQuantized()) return;
      throw chunk.wrongType(source, "lists of integers of 8 or 16 bits");
    }
    boolean list = column.maxRepetition() == 1;
    Meaning.Kind kind = column.meaning().kind();
    boolean floats =
        switch (column.type()) {
          case FLOAT, DOUBLE -> list && kind == Meaning.Kind.PLAIN;
          case FIXED_LEN_BYTE_ARRAY -> {
            // Writers stored halves like this before Parquet had a logical type for them.
            int length = column.typeLength();
            boolean halves = length == 2L * (list ? 1 : dimension);
            yield kind == Meaning.Kind.PLAIN && (halves || !list && length == 4L * dimension)
                || kind == Meaning.Kind.HALF && halves;
          }
          default -> false;
        };
    if (!floats || column.inStruct()) {
      throw chunk.wrongType(
          source, "lists of float, half or double; bytes and bits need a quantization");
    }
  }

  /** Converts the integers of quantized embeddings. Safe for many threads. */
  public interface Integers {
    /** Returns the float of an integer. */
    float value(int integer);
  }

  /** Some of a row group's rows. */
  public sealed interface Slice {
    /** Returns its first row, counted from the row group's first. */
    long row();

    /** Returns the number of rows. */
    long rows();
  }

  /** Consecutive pages that hold whole rows. */
  private record Pages(int from, int to, long row, long rows) implements Slice {}

  /**
   * Divides the row group into slices of whole rows and whole pages, as small as possible, to
   * decode one after another.
   *
   * @param bytesWanted decoded bytes per slice; a slice may exceed this by a page
   */
  public List<Slice> slices(long bytesWanted) {
    List<Slice> slices = new ArrayList<>();
    int from = 0;
    long row = 0;
    if (plainRows && !pages.isEmpty()) {
      long width = asBytes ? dimension : 4L * dimension;
      for (int i = 0; i < pages.size() - 1; i++) {
        long end = pages.get(i + 1).first();
        if (end % perRow == 0 && (end / perRow - row) * width >= bytesWanted) {
          slices.add(new Pages(from, i + 1, row, end / perRow - row));
          from = i + 1;
          row = end / perRow;
        }
      }
    }
    long kept = rows - skipped.cardinality();
    if (kept > row) slices.add(new Pages(from, pages.size(), row, kept - row));
    return slices;
  }

  /**
   * Fails, before memory is allocated, unless the pages can contain the rows that the footer
   * promises.
   */
  public void requireRows() {
    // One value of a dictionary may be all rows, if a value is a row.
    if (plainRows && chunk.column().maxRepetition() == 1) return;
    long values = 0;
    long plain = 0;
    for (Page page : pages) {
      plain += page.plain();
      if (page.kind() != Page.Kind.DICTIONARY) values += page.count();
    }
    boolean lists = chunk.column().maxRepetition() > 0;
    long kept = rows - skipped.cardinality();
    if (kept > (lists ? values / dimension : values)) {
      // This names the incomplete row.
      if (lists) {
        reader().rows(dimension, firstRow, 0, 0, Vectors.allocate(0, dimension), 0, skipped);
      }
      throw tooFew(values + " values");
    }
    // The rows may repeat one entry of a dictionary, or share beginnings with their predecessors.
    long most = MOST_SMALL + MOST_ALIKE * plain;
    long width = asBytes ? dimension : 4L * dimension;
    if (rows > 0 && (width > most || rows > most / width)) {
      throw tooFew(plain + " bytes");
    }
  }

  private CorruptDataException tooFew(String what) {
    return chunk.corrupt(source, "has " + what + " in " + rows + " rows of " + dimension);
  }

  private ValueReader reader() {
    return new ValueReader(source, chunk, bytes, pages);
  }

  /**
   * Decodes a slice on some threads.
   *
   * @param target receives the rows
   * @param targetRow the target of the slice's first row
   * @throws CorruptDataException naming the file, and the row or the offset
   */
  public void decode(Slice slice, Vectors target, long targetRow, int threads) {
    if (inBlocks(slice, target, targetRow, threads)) return;
    Pages part = (Pages) slice;
    // With skipped rows, the only slice has all others.
    long end = skipped.isEmpty() ? part.row + part.rows : rows;
    reader().rows(dimension, firstRow, part.row, end, target, targetRow, skipped);
    if (integers == null) return;
    float[] row = new float[dimension];
    for (long i = targetRow; i < targetRow + part.rows; i++) {
      target.get(i, row);
      for (int j = 0; j < dimension; j++) row[j] = integers.value((int) row[j]);
      target.set(i, row);
    }
  }

  /**
   * Copies the rows of a slice of {@link #ofBytes} as they are, on some threads.
   *
   * @return the rows, in a direct buffer
   * @throws CorruptDataException naming the file, and the row or the offset
   */
  public ByteBuffer bytes(Slice slice, int threads) {
    Pages part = (Pages) slice;
    long size = part.rows * dimension;
    if (size > Integer.MAX_VALUE) {
      throw chunk.corrupt(source, "has pages of " + size + " bytes that are read at once");
    }
    ByteBuffer target = ByteBuffer.allocateDirect((int) size);
    decode(part, target, threads);
    return target;
  }

  private void decode(Pages part, ByteBuffer target, int threads) {
    long first = part.row * perRow;
    if (inBlocks(
        part, threads, (page, values, buffers) -> copy(page, values, target, page.first() - first)))
      return;
    long end = skipped.isEmpty() ? part.row + part.rows : rows;
    reader().rows(dimension, firstRow, part.row, end, target, skipped);
  }

  /** Decodes a slice by whole pages; returns false if a page does not allow it. */
  boolean inBlocks(Slice slice, Vectors target, long targetRow, int threads) {
    Pages part = (Pages) slice;
    long shift = (targetRow - part.row) * dimension;
    return inBlocks(
        part,
        threads,
        (page, values, buffers) -> copy(page, values, buffers, target, page.first() + shift));
  }

  /** Copies the values of a page; returns false if it does not allow that. */
  private interface Copying {
    boolean copy(Page page, ByteBuffer values, Buffers buffers);
  }

  private boolean inBlocks(Pages part, int threads, Copying copying) {
    if (!plainRows) return false;
    try (Pieces pieces = bytes.open()) {
      boolean all =
          Workers.allOf(
              part.from,
              part.to,
              threads,
              () -> new Buffers(source, chunk),
              (i, buffers) -> decode(pages.get(i), pieces, buffers, copying));
      if (all) pieces.requireUnchanged();
      return all;
    }
  }

  /** Returns the dictionary's entries as floats, or null if there is no dictionary. */
  private float @Nullable [] dictionary() {
    for (Page page : pages) {
      if (page.kind() != Page.Kind.DICTIONARY) continue;
      try (PageDecompressor decompressor = new PageDecompressor(source, chunk);
          Pieces pieces = bytes.open()) {
        ByteBuffer values = decompressor.unpack(pieces, page);
        int width = chunk.column().width();
        if ((long) page.count() * width > values.remaining()) throw endsEarly(page);
        float[] entries = new float[page.count()];
        for (int i = 0; i < entries.length; i++) {
          entries[i] = value(values, values.position() + i * width, width);
        }
        pieces.requireUnchanged();
        return entries;
      }
    }
    return null;
  }

  /** Returns the bytes of a stored value that belong to a row. */
  private int valueBytes() {
    return chunk.column().maxRepetition() == 1 ? 1 : dimension;
  }

  /**
   * Returns the bytes of the dictionary's entries, or null if there is no dictionary or an integer
   * has more than 8 bits.
   */
  private byte @Nullable [] codes() {
    for (Page page : pages) {
      if (page.kind() != Page.Kind.DICTIONARY) continue;
      try (PageDecompressor decompressor = new PageDecompressor(source, chunk);
          Pieces pieces = bytes.open()) {
        ByteBuffer values = decompressor.unpack(pieces, page);
        int width = chunk.column().width();
        if ((long) page.count() * width > values.remaining()) throw endsEarly(page);
        byte[] entries = new byte[page.count() * valueBytes()];
        ByteBuffer from = values.slice().order(Footer.ORDER);
        if (valueBytes() == width) from.get(entries);
        else if (!narrowed(from, 0, page.count(), entries)) return null;
        pieces.requireUnchanged();
        return entries;
      }
    }
    return null;
  }

  /** Takes the lowest bytes of integers; returns false if one has more than 8 bits. */
  private boolean narrowed(ByteBuffer integers, int from, int count, byte[] into) {
    int lowest = chunk.column().isUnsigned() ? 0 : -128;
    int beyond = 0;
    for (int i = 0; i < count; i++) {
      int integer = integers.getInt(4 * (from + i));
      beyond |= (integer - lowest) & ~0xFF;
      into[i] = (byte) integer;
    }
    return beyond == 0;
  }

  private CorruptDataException endsEarly(Page page) {
    return new CorruptDataException(source, chunk.offset() + page.at(), "a page ends early");
  }

  private float value(ByteBuffer from, int at, int width) {
    return switch (width) {
      case 2 -> Float16.toFloat(from.getShort(at));
      case 4 -> integers == null ? from.getFloat(at) : integers.value(from.getInt(at));
      default -> (float) from.getDouble(at);
    };
  }

  /** What one thread needs to decode page after page without asking for memory each time. */
  private static final class Buffers implements Workers.Tools {
    private final PageDecompressor decompressor;
    private final float[] floats = new float[1024];
    private byte[] bytes = new byte[0];

    Buffers(String source, Chunk chunk) {
      decompressor = new PageDecompressor(source, chunk);
    }

    @Override
    public void close() {
      decompressor.close();
    }
  }

  /** Decodes a page as a block; returns false if it does not allow that. */
  private boolean decode(Page page, Pieces pieces, Buffers buffers, Copying copying) {
    if (page.kind() == Page.Kind.DICTIONARY || page.count() == 0) return true;
    ByteBuffer values = buffers.decompressor.unpack(pieces, page);
    ByteBuffer repetition = null;
    ByteBuffer definition;
    boolean lists = chunk.column().maxRepetition() == 1;
    if (page.kind() == Page.Kind.V1) {
      if (lists) repetition = levels(values, page);
      definition = chunk.column().maxDefinition() == 0 ? null : levels(values, page);
    } else {
      ByteBuffer levels = buffers.decompressor.levels(pieces, page);
      if (lists) repetition = levels.slice(0, page.repetition()).order(Footer.ORDER);
      definition = levels.slice(page.repetition(), page.definition()).order(Footer.ORDER);
    }
    int inRow = (int) (page.first() % perRow);
    if (repetition != null && !RleLevels.areRows(repetition, page.count(), dimension, inRow)) {
      return false;
    }
    if (chunk.column().maxDefinition() > 0
        && (definition == null
            || !RleLevels.areAll(definition, page.count(), chunk.column().maxDefinition()))) {
      return false;
    }
    return copying.copy(page, values.slice().order(Footer.ORDER), buffers);
  }

  private ByteBuffer levels(ByteBuffer page, Page header) {
    if (page.remaining() < 4) throw endsEarly(header);
    int length = page.getInt();
    if (length < 0 || length > page.remaining()) throw endsEarly(header);
    ByteBuffer part = page.slice(page.position(), length).order(Footer.ORDER);
    page.position(page.position() + length);
    return part;
  }

  private boolean copy(Page page, ByteBuffer values, Buffers buffers, Vectors target, long at) {
    int width = chunk.column().width();
    int count = page.count();
    switch (page.encoding()) {
      case PLAIN -> {
        if ((long) count * width > values.remaining()) throw endsEarly(page);
        if (chunk.column().type() == Type.FLOAT) {
          FloatBuffer floats = values.asFloatBuffer();
          each(target, at, count, (out, from) -> out.put(floats.slice(from, out.remaining())));
        } else {
          inBlocks(target, at, count, buffers, (from, n, floats) -> plain(values, from, n, floats));
        }
      }
      case BYTE_STREAM_SPLIT -> {
        if ((long) count * width > values.remaining()) throw endsEarly(page);
        int length = count * width;
        if (buffers.bytes.length < length) buffers.bytes = new byte[length + length / 8];
        values.get(values.position(), buffers.bytes, 0, length);
        byte[] split = buffers.bytes;
        inBlocks(
            target,
            at,
            count,
            buffers,
            (from, n, floats) -> {
              if (integers == null) joined(split, count, from, n, floats, width);
              else joined(split, count, from, n, floats, integers);
            });
      }
      case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
        float[] entries = dictionary;
        if (entries == null || !values.hasRemaining()) {
          throw new CorruptDataException(
              source, chunk.offset() + page.at(), "a dictionary page is missing");
        }
        int[] indices = indices(page, values, entries.length);
        inBlocks(
            target,
            at,
            count,
            buffers,
            (from, n, floats) -> {
              for (int i = 0; i < n; i++) floats[i] = entries[indices[from + i]];
            });
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private int[] indices(Page page, ByteBuffer values, int entries) {
    long at = chunk.offset() + page.at();
    int bits = values.get();
    if (bits < 0 || bits > 32) {
      throw new CorruptDataException(source, at, "dictionary indices of " + bits + " bits");
    }
    int[] indices = RleLevels.decode(values, bits, page.count(), source, at);
    for (int index : indices) {
      if (index < 0 || index >= entries) {
        throw new CorruptDataException(source, at, "dictionary index " + index + " of " + entries);
      }
    }
    return indices;
  }

  /**
   * Copies the bytes of a page's values.
   *
   * @param at number of the first value in the target
   */
  private boolean copy(Page page, ByteBuffer values, ByteBuffer target, long at) {
    int count = page.count();
    int bytes = valueBytes();
    int width = chunk.column().width();
    ByteBuffer out = target.slice(Math.toIntExact(at * bytes), count * bytes);
    switch (page.encoding()) {
      case PLAIN -> {
        if ((long) count * width > values.remaining()) throw endsEarly(page);
        if (bytes == width) {
          out.put(values.slice(0, count * width));
          return true;
        }
        byte[] block = new byte[Math.min(count, BLOCK)];
        for (int from = 0; from < count; from += BLOCK) {
          int n = Math.min(BLOCK, count - from);
          if (!narrowed(values, from, n, block)) return false;
          out.put(block, 0, n);
        }
        return true;
      }
      case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
        byte[] entries = codes;
        if (entries == null) return false;
        if (!values.hasRemaining()) throw endsEarly(page);
        int[] indices = indices(page, values, entries.length / bytes);
        if (bytes > 1) {
          for (int index : indices) out.put(entries, index * bytes, bytes);
          return true;
        }
        byte[] block = new byte[Math.min(count, BLOCK)];
        for (int from = 0; from < count; from += BLOCK) {
          int n = Math.min(BLOCK, count - from);
          for (int i = 0; i < n; i++) block[i] = entries[indices[from + i]];
          out.put(block, 0, n);
        }
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private void plain(ByteBuffer values, int from, int n, float[] floats) {
    if (chunk.column().type() == Type.DOUBLE) {
      for (int i = 0; i < n; i++) floats[i] = (float) values.getDouble(8 * (from + i));
    } else if (integers != null) {
      for (int i = 0; i < n; i++) floats[i] = integers.value(values.getInt(4 * (from + i)));
    } else {
      for (int i = 0; i < n; i++) floats[i] = Float16.toFloat(values.getShort(2 * (from + i)));
    }
  }

  /** Joins BYTE_STREAM_SPLIT: the first bytes of all values, then the second ones, and so on. */
  private static void joined(byte[] s, int count, int from, int n, float[] floats, int width) {
    switch (width) {
      case 2 -> {
        for (int i = 0; i < n; i++) {
          int at = from + i;
          floats[i] = Float16.toFloat((short) (s[at] & 0xFF | s[at + count] << 8));
        }
      }
      case 4 -> {
        int b = from + count;
        int c = b + count;
        int d = c + count;
        for (int i = 0; i < n; i++) {
          floats[i] =
              Float.intBitsToFloat(
                  s[from + i] & 0xFF
                      | (s[b + i] & 0xFF) << 8
                      | (s[c + i] & 0xFF) << 16
                      | s[d + i] << 24);
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          long bits = 0;
          for (int b = 0; b < 8; b++) bits |= (s[b * count + from + i] & 0xFFL) << (8 * b);
          floats[i] = (float) Double.longBitsToDouble(bits);
        }
      }
    }
  }

  private static void joined(
      byte[] s, int count, int from, int n, float[] floats, Integers integers) {
    for (int i = 0; i < n; i++) {
      int at = from + i;
      floats[i] =
          integers.value(
              s[at] & 0xFF
                  | (s[at + count] & 0xFF) << 8
                  | (s[at + 2 * count] & 0xFF) << 16
                  | s[at + 3 * count] << 24);
    }
  }

  private interface Block {
    void fill(int from, int n, float[] floats);
  }

  private static void inBlocks(Vectors target, long at, int count, Buffers buffers, Block block) {
    each(
        target,
        at,
        count,
        (out, first) -> {
          int from = first;
          while (out.hasRemaining()) {
            int n = Math.min(buffers.floats.length, out.remaining());
            block.fill(from, n, buffers.floats);
            out.put(buffers.floats, 0, n);
            from += n;
          }
        });
  }

  /** Supplies some values. */
  interface Piece {
    /** Writes values to a buffer; the first is number {@code from}. */
    void fill(FloatBuffer out, int from);
  }

  /** Passes on the target of some values, in two parts if it spans two chunks of the matrix. */
  static void each(Vectors target, long at, int count, Piece piece) {
    long perChunk = (long) target.rowsPerChunk() * target.dimension();
    int done = 0;
    while (done < count) {
      FloatBuffer chunk = target.chunk((int) ((at + done) / perChunk));
      chunk.position((int) ((at + done) % perChunk));
      int n = Math.min(count - done, chunk.remaining());
      piece.fill(chunk.slice(chunk.position(), n), done);
      done += n;
    }
  }
}
