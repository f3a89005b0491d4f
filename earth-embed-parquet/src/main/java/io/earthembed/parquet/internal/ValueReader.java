package io.earthembed.parquet.internal;

import io.earthembed.base.range.ChunkBytes;
import io.earthembed.base.range.ChunkBytes.Pieces;
import io.earthembed.base.table.Float16;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.vector.Vectors;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.format.Type;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chunk value by value with parquet-java's decoders, which support every encoding. They are
 * in parquet-column and do not need Hadoop; this class locates and decompresses pages.
 */
public final class ValueReader {
  /**
   * The most bytes of texts per stored byte, if they share beginnings with their predecessors
   * (DELTA_BYTE_ARRAY): names of products share most of their bytes, hostile ones all.
   */
  private static final long MOST_SHARED = 64;

  private static final long TEXT_ROOM = 16 << 20;

  /** The most bytes of a decimal: Arrow's longest have 32. */
  private static final int MOST_DECIMAL = 64;

  private static final long JULIAN_DAY_OF_1970 = 2_440_588;

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
   * Returns a reader of a chunk.
   *
   * @param bytes exactly the chunk's bytes
   * @throws CorruptDataException naming the file and the offset
   */
  public static ValueReader of(String source, Chunk chunk, ByteBuffer bytes) {
    return of(source, chunk, ChunkBytes.of(bytes));
  }

  /** Returns a reader of a chunk whose bytes are not in memory. */
  public static ValueReader of(String source, Chunk chunk, ChunkBytes bytes) {
    return new ValueReader(source, chunk, bytes, Page.of(source, chunk, bytes));
  }

  private interface Walk {
    void next(ColumnReader reader);
  }

  /** Visits every value, including nulls. */
  private void walk(Walk walk) {
    if (chunk.values() == 0) return;
    try (Pieces pieces = bytes.open();
        PageDecompressor decompressor = new PageDecompressor(source, chunk)) {
      ColumnDescriptor column = descriptor();
      DecoderPages found = new DecoderPages(chunk, pages, column, pieces, decompressor);
      ColumnReader reader = new ColumnReaderImpl(column, found, new PrimitiveConverter() {}, null);
      for (long i = 0; i < chunk.values(); i++) {
        walk.next(reader);
        reader.consume();
      }
      pieces.requireUnchanged();
    } catch (EarthEmbedException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      // The decoders reserve memory for as many values as an encoded page claims.
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

  private boolean there(ColumnReader reader) {
    return reader.getCurrentDefinitionLevel() == chunk.column().maxDefinition();
  }

  /** Returns the column, for its type and name. */
  public Column column() {
    return chunk.column();
  }

  /**
   * Returns one null per row if the column has only nulls: pandas, polars and DuckDB give such a
   * column an arbitrary type.
   *
   * @param wanted the expected values, in the plural
   * @throws EarthEmbedException if there are values
   */
  private <T> List<@Nullable T> onlyNulls(String wanted) {
    Column column = chunk.column();
    if (column.meaning().kind() != Meaning.Kind.NULL) {
      int most = column.maxDefinition();
      walk(
          reader -> {
            boolean first = column.maxRepetition() == 0 || reader.getCurrentRepetitionLevel() == 0;
            if (!first || reader.getCurrentDefinitionLevel() == most) {
              throw chunk.wrongType(source, wanted);
            }
          });
    }
    return new ArrayList<>(Collections.nCopies(size(), null));
  }

  /** Returns the number of values, nulls included. */
  private int size() {
    if (chunk.values() > Page.MAX_VALUES) {
      throw chunk.wrongType(source, "fewer than " + Page.MAX_VALUES + " values");
    }
    return (int) chunk.values();
  }

  /** Returns a byte array per value; nulls stay null. Not for lists. */
  public List<byte @Nullable []> binaries() {
    Column column = chunk.column();
    Meaning.Kind kind = column.meaning().kind();
    if (column.maxRepetition() > 0 || kind != Meaning.Kind.TEXT && kind != Meaning.Kind.WKB) {
      return onlyNulls("byte arrays");
    }
    return values(Binary::getBytes);
  }

  /**
   * Returns a text per value, of UTF-8 or UUIDs; nulls stay null. Not for lists.
   *
   * @throws CorruptDataException if bytes are no UTF-8
   */
  public List<@Nullable String> texts() {
    boolean uuid = chunk.column().meaning().kind() == Meaning.Kind.UUID;
    boolean text = uuid || chunk.column().meaning().kind() == Meaning.Kind.TEXT;
    if (!chunk.column().isFlat() || !text) return onlyNulls("texts");
    return values(value -> uuid ? uuid(value) : text(value));
  }

  /**
   * Returns a list of texts per row; a list that is null or empty is empty, and nulls in a list are
   * left out. For lists only.
   */
  public List<List<String>> textLists() {
    Column column = chunk.column();
    if (column.maxRepetition() != 1 || column.meaning().kind() != Meaning.Kind.TEXT) {
      throw chunk.wrongType(source, "lists of texts");
    }
    List<List<String>> lists = new ArrayList<>();
    walk(
        reader -> {
          if (reader.getCurrentRepetitionLevel() == 0) lists.add(new ArrayList<>());
          if (there(reader)) lists.get(lists.size() - 1).add(text(reader.getBinary()));
        });
    return lists;
  }

  /** Returns a text per value, of texts, UUIDs or integers; nulls stay null. Not for lists. */
  public List<@Nullable String> ids() {
    Column column = chunk.column();
    if (!column.isInteger()) return texts();
    boolean unsigned = column.meaning().kind() == Meaning.Kind.UNSIGNED;
    List<@Nullable String> ids = new ArrayList<>();
    walk(
        reader -> {
          if (!there(reader)) {
            ids.add(null);
          } else if (column.type() == Type.INT32) {
            int id = reader.getInteger();
            ids.add(unsigned ? Integer.toUnsignedString(id) : Integer.toString(id));
          } else {
            long id = reader.getLong();
            ids.add(unsigned ? Long.toUnsignedString(id) : Long.toString(id));
          }
        });
    return ids;
  }

  /** Returns the rows whose value is null, or whose list is null, is empty or holds a null. */
  public BitSet incompleteRows() {
    BitSet rows = new BitSet();
    int[] row = {-1};
    walk(
        reader -> {
          if (reader.getCurrentRepetitionLevel() == 0) row[0]++;
          if (!there(reader)) rows.set(row[0]);
        });
    return rows;
  }

  /**
   * Converts each value; nulls stay null. The memory of the results stays in proportion to the
   * pages.
   */
  private <T> List<@Nullable T> values(Function<Binary, T> make) {
    List<@Nullable T> values = new ArrayList<>();
    // An entry of a dictionary is one object for all its occurrences, and is converted once.
    boolean shared = pages.stream().anyMatch(p -> p.kind() == Page.Kind.DICTIONARY);
    Map<Binary, T> known = new IdentityHashMap<>();
    long most = TEXT_ROOM;
    for (Page page : pages) most += page.plain() + MOST_SHARED * page.packed();
    long[] room = {most};
    Function<Binary, T> made =
        value -> {
          room[0] -= value.length();
          if (room[0] >= 0) return make.apply(value);
          throw chunk.corrupt(source, "holds far more text than its pages");
        };
    walk(
        reader -> {
          if (!there(reader)) {
            values.add(null);
            return;
          }
          Binary value = reader.getBinary();
          values.add(shared ? known.computeIfAbsent(value, made) : made.apply(value));
        });
    return values;
  }

  private String text(Binary value) {
    String text = value.toStringUsingUTF8();
    // The replacement character of malformed bytes is rare in valid texts.
    if (text.indexOf('\uFFFD') < 0) return text;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(value.toByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new CorruptDataException(
          source,
          chunk.offset(),
          "column " + chunk.column().name() + " has bytes that are no UTF-8: " + text,
          e);
    }
  }

  private static String uuid(Binary value) {
    ByteBuffer bytes = value.toByteBuffer().slice(); // big-endian
    return new UUID(bytes.getLong(0), bytes.getLong(8)).toString();
  }

  /** Returns a time per value; nulls stay null. Not for lists. */
  public List<@Nullable Instant> times() {
    if (!chunk.column().isTime()) return onlyNulls("times");
    List<@Nullable Instant> times = new ArrayList<>();
    walk(reader -> times.add(there(reader) ? time(reader) : null));
    return times;
  }

  private Instant time(ColumnReader reader) {
    ChronoUnit unit = chunk.column().meaning().unit();
    if (unit == null) {
      // INT96, as Spark writes it: nanoseconds of the day, and the Julian day.
      ByteBuffer bytes = little(reader.getBinary());
      return Instant.EPOCH
          .plus(bytes.getInt(8) - JULIAN_DAY_OF_1970, ChronoUnit.DAYS)
          .plusNanos(bytes.getLong(0));
    }
    boolean days = unit == ChronoUnit.DAYS;
    return Instant.EPOCH.plus(days ? reader.getInteger() : reader.getLong(), unit);
  }

  /**
   * Returns an integer per value; nulls stay null. Not for lists.
   *
   * @throws CorruptDataException if a value without a sign exceeds a long
   */
  public List<@Nullable Long> integers() {
    Column column = chunk.column();
    if (!column.isInteger()) return onlyNulls("integers");
    List<@Nullable Long> integers = new ArrayList<>();
    walk(
        reader -> {
          if (!there(reader)) {
            integers.add(null);
          } else if (column.type() == Type.INT32) {
            int value = reader.getInteger();
            integers.add(column.isUnsigned() ? Integer.toUnsignedLong(value) : value);
          } else {
            long value = reader.getLong();
            if (column.isUnsigned() && value < 0) {
              String exact = Long.toUnsignedString(value);
              throw chunk.corrupt(
                  source,
                  "has "
                      + exact
                      + " in row "
                      + integers.size()
                      + " of a row group, more than a long");
            }
            integers.add(value);
          }
        });
    return integers;
  }

  /** Returns a flag per value; nulls stay null. Not for lists. */
  public List<@Nullable Boolean> flags() {
    if (!chunk.column().isFlat() || chunk.column().type() != Type.BOOLEAN) {
      return onlyNulls("flags");
    }
    List<@Nullable Boolean> flags = new ArrayList<>();
    walk(reader -> flags.add(there(reader) ? reader.getBoolean() : null));
    return flags;
  }

  /** Returns a number per value, NaN for nulls. Not for lists. Exact to 2^53. */
  public double[] numbers() {
    return numbers(new BitSet());
  }

  /**
   * Returns a number per value, NaN for nulls. Not for lists. Exact to 2^53.
   *
   * @param nulls receives the positions of nulls, to distinguish them from values that are NaN
   */
  public double[] numbers(BitSet nulls) {
    double[] numbers = new double[size()];
    if (!chunk.column().isNumber()) {
      nulls.set(0, onlyNulls("numbers").size());
      Arrays.fill(numbers, Double.NaN);
      return numbers;
    }
    int[] n = {0};
    walk(
        reader -> {
          boolean there = there(reader);
          if (!there) nulls.set(n[0]);
          numbers[n[0]++] = there ? number(reader) : Double.NaN;
        });
    return numbers;
  }

  /** Receives the values of nested lists in order. */
  public interface Nested {
    /**
     * Receives a value.
     *
     * @param repetition the level of the list that it continues: 0 begins a row
     * @param value a number; NaN if a list is null or empty, or the value is null
     */
    void value(int repetition, double value);
  }

  /** Reads the numbers of nested lists. */
  public void nested(Nested values) {
    Column column = chunk.column();
    if (!column.meaning().isNumber(column.type())) throw chunk.wrongType(source, "numbers");
    walk(
        reader -> {
          double value = there(reader) ? number(reader) : Double.NaN;
          values.value(reader.getCurrentRepetitionLevel(), value);
        });
  }

  private double number(ColumnReader reader) {
    Column column = chunk.column();
    boolean unsigned = column.meaning().kind() == Meaning.Kind.UNSIGNED;
    boolean decimal = column.meaning().kind() == Meaning.Kind.DECIMAL;
    return switch (column.type()) {
      case INT32 -> {
        int value = reader.getInteger();
        yield decimal ? decimal(value) : unsigned ? Integer.toUnsignedLong(value) : value;
      }
      case INT64 -> {
        long value = reader.getLong();
        if (decimal) yield decimal(value);
        // A double cannot hold the lowest bit, but that bit may decide the rounding of the others.
        yield unsigned && value < 0 ? 2 * (double) (value >>> 1 | value & 1) : value;
      }
      case FLOAT -> reader.getFloat();
      case DOUBLE -> reader.getDouble();
      default -> {
        Binary value = reader.getBinary();
        if (!decimal) yield Float16.toFloat(little(value).getShort(0));
        if (value.length() > MOST_DECIMAL) {
          throw chunk.corrupt(source, "has a decimal of " + value.length() + " bytes");
        }
        BigInteger unscaled = new BigInteger(value.getBytes());
        yield new BigDecimal(unscaled, column.meaning().scale()).doubleValue();
      }
    };
  }

  private double decimal(long unscaled) {
    return BigDecimal.valueOf(unscaled, chunk.column().meaning().scale()).doubleValue();
  }

  private static ByteBuffer little(Binary value) {
    return value.toByteBuffer().slice().order(Footer.ORDER);
  }

  /** Reads rows of one length, and names a row of another. */
  private final class Rows {
    private final int dimension;
    private final long firstRow;
    private final long from;
    private final long to;
    private final RowTarget target;
    private final BitSet skipped;
    private final float[] row;
    private long rows;
    private long kept;
    private int inRow;

    Rows(int dimension, long firstRow, long from, long to, RowTarget target, BitSet skipped) {
      this.skipped = skipped;
      this.dimension = dimension;
      this.firstRow = firstRow;
      this.from = from;
      this.to = to;
      this.target = target;
      // A dataset may claim any dimension, but no row has more values than the pages.
      long most = 1;
      boolean fixed = chunk.column().type() == Type.FIXED_LEN_BYTE_ARRAY;
      if (chunk.column().maxRepetition() == 0 && fixed) most = dimension;
      else if (chunk.column().maxRepetition() == 0) for (Page page : pages) most += page.plain();
      else for (Page page : pages) most += page.count();
      row = new float[(int) Math.min(dimension, most)];
    }

    void next(ColumnReader reader) {
      if (reader.getCurrentRepetitionLevel() == 0) {
        end();
        rows++;
        inRow = 0;
      }
      if (isSkipped()) {
        if (there(reader)) reader.skip();
        return;
      }
      if (!there(reader)) throw ragged("a null or an empty list");
      if (chunk.column().maxRepetition() == 0) {
        whole(reader);
        return;
      }
      if (inRow == dimension) throw ragged("more than " + dimension + " values");
      row[inRow++] =
          switch (chunk.column().type()) {
            case FLOAT -> reader.getFloat();
            case DOUBLE -> (float) reader.getDouble();
            case INT32 -> reader.getInteger();
            default -> Float16.toFloat(little(fixed(reader)).getShort(0));
          };
    }

    /**
     * Checks the length: encodings that extend a value's predecessor could make ever longer values.
     */
    private Binary fixed(ColumnReader reader) {
      Binary value = reader.getBinary();
      if (value.length() != chunk.column().typeLength()) {
        throw ragged("a value of " + value.length() + " bytes");
      }
      return value;
    }

    /** Reads a row from one value: bytes, or of fixed length halves or floats. */
    private void whole(ColumnReader reader) {
      if (target.takesBytes()) {
        Binary value = reader.getBinary();
        if (value.length() != dimension) {
          throw ragged(value.length() + " bytes, not " + dimension);
        }
        ByteBuffer bytes = value.toByteBuffer().slice();
        for (int i = 0; i < dimension; i++) row[i] = bytes.get(i);
        inRow = dimension;
        return;
      }
      ByteBuffer values = little(fixed(reader));
      int width = chunk.column().typeLength() / dimension;
      for (int i = 0; i < dimension; i++) {
        row[i] = width == 2 ? Float16.toFloat(values.getShort(2 * i)) : values.getFloat(4 * i);
      }
      inRow = dimension;
    }

    void end() {
      if (rows == 0 || isSkipped()) return;
      if (inRow != dimension) throw ragged(inRow + " values, not " + dimension);
      if (rows - 1 < from || rows - 1 >= to) return;
      if (target.takesBytes() && chunk.column().maxRepetition() > 0) requireBytes();
      target.put(kept++, row);
    }

    private void requireBytes() {
      int lowest = chunk.column().isUnsigned() ? 0 : -128;
      for (float value : row) {
        if (value < lowest || value > lowest + 255) {
          throw ragged("an integer of more than 8 bits, " + (int) value + ",");
        }
      }
    }

    private boolean isSkipped() {
      return skipped.get((int) (rows - 1));
    }

    private CorruptDataException ragged(String problem) {
      return chunk.corrupt(source, "has " + problem + " in row " + (firstRow + rows - 1));
    }
  }

  /**
   * Copies rows [from, to) of the row group, after checking that every row of it has the expected
   * number of values.
   *
   * @param firstRow number of the row group's first row in messages
   * @param targetRow the target of row {@code from}
   * @param skipped rows of the row group that are left out, whatever they hold
   */
  void rows(
      int dimension,
      long firstRow,
      long from,
      long to,
      Vectors target,
      long targetRow,
      BitSet skipped) {
    RowTarget floats = new RowTarget(false, (i, row) -> target.set(targetRow + i, row));
    rows(dimension, firstRow, from, to, floats, skipped);
  }

  /**
   * Copies rows of bytes as the other method copies those of floats.
   *
   * @param target receives row {@code from} at its beginning
   */
  void rows(int dimension, long firstRow, long from, long to, ByteBuffer target, BitSet skipped) {
    RowStore store =
        (i, row) -> {
          int at = (int) i * dimension;
          for (int j = 0; j < dimension; j++) target.put(at + j, (byte) (int) row[j]);
        };
    rows(dimension, firstRow, from, to, new RowTarget(true, store), skipped);
  }

  private interface RowStore {
    void put(long row, float[] values);
  }

  /**
   * What receives rows.
   *
   * @param takesBytes whether the values of a row are bytes
   */
  private record RowTarget(boolean takesBytes, RowStore store) {
    void put(long row, float[] values) {
      store.put(row, values);
    }
  }

  private void rows(
      int dimension, long firstRow, long from, long to, RowTarget target, BitSet skipped) {
    Rows rows = new Rows(dimension, firstRow, from, to, target, skipped);
    walk(rows::next);
    rows.end();
    if (rows.rows < to) {
      throw chunk.corrupt(source, "has " + rows.rows + " rows of " + to);
    }
  }
}
