package io.earthembed.parquet.internal;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.parquet.internal.ChunkBytes.Pieces;
import io.earthembed.parquet.internal.ChunkBytes.Room;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.Type;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a chunk value by value with parquet-java's decoders, which know every encoding. They
 * are in parquet-column and need nothing of Hadoop; pages are found and uncompressed here.
 */
public final class ValueReader {
  /**
   * Texts that share beginnings with those before them (DELTA_BYTE_ARRAY) may have so many times
   * the bytes of their pages: products' names share most of theirs, and hostile ones all.
   */
  private static final long MOST_SHARED = 64;

  private static final long TEXT_ROOM = 16 << 20;

  private final String source;
  private final Chunk chunk;
  private final ChunkBytes bytes;
  private final List<Page> pages;

  ValueReader(String source, Chunk chunk, ChunkBytes bytes, List<Page> pages) {
    this.source = source;
    this.chunk = chunk;
    this.bytes = bytes;
    this.pages = pages;
  }

  /**
   * A reader of a chunk.
   *
   * @param bytes exactly the chunk's
   * @throws CorruptDataException naming the file and the offset
   */
  public static ValueReader of(String source, Chunk chunk, ByteBuffer bytes) {
    return of(source, chunk, ChunkBytes.of(bytes));
  }

  /** The same of bytes that are not in memory. */
  public static ValueReader of(String source, Chunk chunk, ChunkBytes bytes) {
    return new ValueReader(source, chunk, bytes, Page.of(source, chunk, bytes));
  }

  private interface Walk {
    void next(ColumnReader reader);
  }

  /** Every value, null ones as well. */
  private void walk(Walk walk) {
    if (chunk.values() == 0) return;
    try (Pieces pieces = bytes.open()) {
      ColumnDescriptor column = descriptor();
      Pages found = new Pages(column, pieces);
      ColumnReader reader = new ColumnReaderImpl(column, found, new PrimitiveConverter() {}, null);
      for (long i = 0; i < chunk.values(); i++) {
        walk.next(reader);
        reader.consume();
      }
      pieces.requireUnchanged();
    } catch (EarthEmbedException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      // The decoders reserve memory for as many values as an encoded page says it has.
      throw new CorruptDataException(
          source,
          chunk.offset(),
          "column " + chunk.column().name() + " is damaged: " + e.getMessage(),
          e);
    }
  }

  private ColumnDescriptor descriptor() {
    Column column = chunk.column();
    PrimitiveType type =
        new PrimitiveType(
            column.maxDefinition() == 0 ? Repetition.REQUIRED : Repetition.OPTIONAL,
            PrimitiveTypeName.valueOf(
                switch (column.type()) {
                  case BYTE_ARRAY -> "BINARY";
                  default -> column.type().name();
                }),
            column.typeLength(),
            column.name());
    return new ColumnDescriptor(
        new String[] {column.name()}, type, column.maxRepetition(), column.maxDefinition());
  }

  /** A chunk's pages as parquet-java's decoders take them. */
  private final class Pages implements PageReader {
    private final Statistics<?> none;
    private final Iterator<Page> data;
    private final Pieces pieces;
    private final Room room = new Room();

    Pages(ColumnDescriptor column, Pieces pieces) {
      this.pieces = pieces;
      none = Statistics.createStats(column.getPrimitiveType());
      data = pages.stream().filter(p -> p.kind() != Page.Kind.DICTIONARY).iterator();
    }

    /** The whole of a V1 page, the values of a V2 page. */
    private BytesInput unpack(Page page) {
      int skip = page.repetition() + page.definition();
      byte[] stored = stored(page, skip, page.packed() - skip);
      int length = page.plain() - skip;
      if (!page.compressed() || (length == 0 && stored.length == 0)) return BytesInput.from(stored);
      return BytesInput.from(
          Codecs.decompress(chunk.codec(), stored, length, source, chunk.offset() + page.at()));
    }

    private byte[] stored(Page page, int from, int length) {
      byte[] stored = new byte[length];
      pieces.read(page.body() + from, length, room).get(stored);
      return stored;
    }

    private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
      return Encoding.valueOf(encoding.name());
    }

    @Override
    public @Nullable DictionaryPage readDictionaryPage() {
      for (Page page : pages) {
        if (page.kind() == Page.Kind.DICTIONARY) {
          return new DictionaryPage(unpack(page), page.count(), encoding(page.encoding()));
        }
      }
      return null;
    }

    @Override
    public long getTotalValueCount() {
      return chunk.values();
    }

    @Override
    public @Nullable DataPage readPage() {
      if (!data.hasNext()) return null;
      Page page = data.next();
      if (page.kind() == Page.Kind.V1) {
        return new DataPageV1(
            unpack(page),
            page.count(),
            page.plain(),
            none,
            encoding(page.levels()),
            encoding(page.levels()),
            encoding(page.encoding()));
      }
      return DataPageV2.uncompressed(
          page.count(),
          0,
          page.count(),
          BytesInput.from(stored(page, 0, page.repetition())),
          BytesInput.from(stored(page, page.repetition(), page.definition())),
          encoding(page.encoding()),
          unpack(page),
          none);
    }
  }

  private boolean there(ColumnReader reader) {
    return reader.getCurrentDefinitionLevel() == chunk.column().maxDefinition();
  }

  /** Byte arrays, one for each value; null where there is none. No lists. */
  public List<byte @Nullable []> binaries() {
    if (chunk.column().type() != Type.BYTE_ARRAY || chunk.column().maxRepetition() > 0) {
      throw chunk.wrongType(source, "byte arrays");
    }
    List<byte @Nullable []> all = new ArrayList<>();
    walk(reader -> all.add(there(reader) ? reader.getBinary().getBytes() : null));
    return all;
  }

  /** Byte arrays as texts in UTF-8, one for each value; null where there is none. No lists. */
  public List<@Nullable String> texts() {
    if (chunk.column().width() > 0 || chunk.column().maxRepetition() > 0) {
      throw chunk.wrongType(source, "texts");
    }
    List<@Nullable String> texts = new ArrayList<>();
    // An entry of a dictionary is one object, however often it occurs, and becomes one text.
    boolean shared = pages.stream().anyMatch(p -> p.kind() == Page.Kind.DICTIONARY);
    Map<Binary, String> known = new IdentityHashMap<>();
    long plain = 0;
    for (Page page : pages) plain += page.plain();
    long[] room = {TEXT_ROOM + MOST_SHARED * plain};
    Function<Binary, String> text =
        value -> {
          room[0] -= value.length();
          if (room[0] < 0) {
            throw new CorruptDataException(
                source,
                chunk.offset(),
                "column " + chunk.column().name() + " holds far more text than its pages");
          }
          return value.toStringUsingUTF8();
        };
    walk(
        reader -> {
          if (!there(reader)) {
            texts.add(null);
            return;
          }
          Binary value = reader.getBinary();
          texts.add(shared ? known.computeIfAbsent(value, text) : text.apply(value));
        });
    return texts;
  }

  /** Times of a column that has a unit, one for each value; null where there is none. No lists. */
  public List<@Nullable Instant> times() {
    ChronoUnit unit = chunk.column().unit();
    if (unit == null || chunk.column().maxRepetition() > 0) throw chunk.wrongType(source, "times");
    List<@Nullable Instant> times = new ArrayList<>();
    walk(reader -> times.add(there(reader) ? Instant.EPOCH.plus(reader.getLong(), unit) : null));
    return times;
  }

  /** Numbers, one for each value, NaN where there is none. No lists. Exact to 2^53. */
  public double[] numbers() {
    if (chunk.column().maxRepetition() > 0) throw chunk.wrongType(source, "numbers");
    long most = 0;
    for (Page page : pages) most += page.kind() == Page.Kind.DICTIONARY ? 0 : page.count();
    double[] numbers = new double[(int) Math.min(Page.MAX_VALUES, most)];
    if (numbers.length != most)
      throw chunk.wrongType(source, "fewer than " + Page.MAX_VALUES + " numbers");
    int[] n = {0};
    walk(
        reader ->
            numbers[n[0]++] =
                !there(reader)
                    ? Double.NaN
                    : switch (chunk.column().type()) {
                      case INT32 -> reader.getInteger();
                      case INT64 -> reader.getLong();
                      case FLOAT -> reader.getFloat();
                      case DOUBLE -> reader.getDouble();
                      default -> throw chunk.wrongType(source, "numbers");
                    });
    return numbers;
  }

  /** Takes rows of one length, and says which row is not. */
  private final class Rows {
    private final int dimension;
    private final long firstRow;
    private final long from;
    private final long to;
    private final Vectors target;
    private final long targetRow;
    private final float[] row;
    private long rows;
    private int inRow;

    Rows(int dimension, long firstRow, long from, long to, Vectors target, long targetRow) {
      this.dimension = dimension;
      this.firstRow = firstRow;
      this.from = from;
      this.to = to;
      this.target = target;
      this.targetRow = targetRow;
      row = new float[dimension];
    }

    void next(ColumnReader reader) {
      if (reader.getCurrentRepetitionLevel() == 0) {
        end();
        rows++;
        inRow = 0;
      }
      if (!there(reader)) throw ragged("a null or an empty list");
      if (chunk.column().maxRepetition() == 0) {
        whole(reader.getBinary());
        return;
      }
      if (inRow == dimension) throw ragged("more than " + dimension + " values");
      row[inRow++] =
          switch (chunk.column().type()) {
            case FLOAT -> reader.getFloat();
            case DOUBLE -> (float) reader.getDouble();
            default -> Halves.toFloat(little(reader.getBinary()).getShort(0));
          };
    }

    /** A row in one value of fixed length: halves or floats. */
    private void whole(Binary value) {
      ByteBuffer values = little(value);
      int width = chunk.column().typeLength() / dimension;
      for (int i = 0; i < dimension; i++) {
        row[i] = width == 2 ? Halves.toFloat(values.getShort(2 * i)) : values.getFloat(4 * i);
      }
      inRow = dimension;
    }

    private ByteBuffer little(Binary value) {
      ByteBuffer buffer = value.toByteBuffer();
      return buffer.slice().order(Footer.ORDER);
    }

    void end() {
      if (rows == 0) return;
      if (inRow != dimension) throw ragged(inRow + " values, not " + dimension);
      if (rows - 1 >= from && rows - 1 < to) target.set(targetRow + rows - 1 - from, row);
    }

    private CorruptDataException ragged(String problem) {
      return new CorruptDataException(
          source,
          chunk.offset(),
          "column "
              + chunk.column().name()
              + " has "
              + problem
              + " in row "
              + (firstRow + rows - 1));
    }
  }

  /**
   * Copies rows [from, to) of the row group, having seen to it that every row of it has as many
   * values as it must.
   *
   * @param firstRow what to call the row group's first row in messages
   * @param targetRow where row {@code from} goes
   */
  void rows(int dimension, long firstRow, long from, long to, Vectors target, long targetRow) {
    Rows rows = new Rows(dimension, firstRow, from, to, target, targetRow);
    walk(rows::next);
    rows.end();
    if (rows.rows < to) {
      throw new CorruptDataException(
          source,
          chunk.offset(),
          "column " + chunk.column().name() + " has " + rows.rows + " rows of " + to);
    }
  }
}
