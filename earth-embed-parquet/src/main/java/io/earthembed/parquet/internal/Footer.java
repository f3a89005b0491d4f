package io.earthembed.parquet.internal;

import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.range.RangeSource.Tail;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;
import shaded.parquet.org.apache.thrift.TException;

/**
 * The checked footer of a Parquet file: every chunk lies inside the file. Immutable.
 *
 * @param name file or URL for messages
 * @param version the version of the file that this was read from
 * @param rowGroups in file order
 * @param columns the columns that can be read, by name and in file order; a value of a struct has
 *     the path to it as its name, with dots
 * @param unread the reasons that other columns than values and lists of values cannot be read, by
 *     name
 * @param metadata key-value metadata
 */
public record Footer(
    String name,
    FileVersion version,
    List<Group> rowGroups,
    Map<String, Column> columns,
    Map<String, String> unread,
    Map<String, String> metadata) {
  private static final int MAGIC = 0x31524150; // "PAR1", little-endian
  private static final int MAX_FOOTER = 256 << 20;

  /**
   * A leaf column.
   *
   * @param name its top-level name; in a struct the path to it, such as bbox.xmin
   * @param type physical type
   * @param maxDefinition how many of its ancestors, and itself, may be null or empty
   * @param maxRepetition 1 inside a list, 0 elsewhere
   * @param typeLength bytes of a FIXED_LEN_BYTE_ARRAY
   * @param meaning its logical type
   * @param inStruct whether it is the bytes of a struct of bytes and path
   */
  public record Column(
      String name,
      Type type,
      int maxDefinition,
      int maxRepetition,
      int typeLength,
      Meaning meaning,
      boolean inStruct) {
    /** Creates a column without a logical type. */
    public Column(String name, Type type, int maxDefinition, int maxRepetition, int typeLength) {
      this(name, type, maxDefinition, maxRepetition, typeLength, Meaning.of(type), false);
    }

    /** Returns whether a row has one value, which is no field of a struct. */
    public boolean isFlat() {
      return maxRepetition == 0 && !inStruct;
    }

    /** Returns whether its values are numbers, one per row. */
    public boolean isNumber() {
      return isFlat() && meaning.isNumber(type);
    }

    /** Returns whether its values are integers, one per row. */
    public boolean isInteger() {
      boolean plain = meaning.kind() == Meaning.Kind.PLAIN;
      return isFlat()
          && (type == Type.INT32 || type == Type.INT64)
          && (plain || meaning.kind() == Meaning.Kind.UNSIGNED);
    }

    /** Returns whether its values are lists of integers of 8 or 16 bits. */
    public boolean isQuantized() {
      boolean small = meaning.name().endsWith("INT_8") || meaning.name().endsWith("INT_16");
      return maxRepetition == 1 && type == Type.INT32 && small;
    }

    /** Returns whether its values are lists of integers of 8 bits. */
    public boolean isListOfBytes() {
      return isQuantized() && meaning.name().endsWith("INT_8");
    }

    /** Returns whether its values have no sign. */
    public boolean isUnsigned() {
      return meaning.kind() == Meaning.Kind.UNSIGNED;
    }

    /**
     * Returns whether a row can hold bytes: a list of integers of 8 bits, or a value without a
     * logical type.
     *
     * @param width bytes of a row
     */
    public boolean isBytes(int width) {
      if (isListOfBytes()) return true;
      boolean plain = meaning.name().isEmpty() && isFlat();
      return plain && (type == Type.BYTE_ARRAY || isFixed(width));
    }

    private boolean isFixed(int width) {
      return type == Type.FIXED_LEN_BYTE_ARRAY && typeLength == width;
    }

    /** Returns whether its values are instants or days, one per row. */
    public boolean isTime() {
      return isFlat() && meaning.kind() == Meaning.Kind.TIME;
    }

    /** Returns its type in Parquet's terms, for example INT64 of TIMESTAMP_MICROS in lists. */
    public String typeName() {
      return type
          + (meaning.name().isEmpty() ? "" : " of " + meaning.name())
          + (maxRepetition > 0 ? " in lists" : "")
          + (inStruct ? " in structs of bytes and path" : "");
    }

    /** Returns the bytes of a value, or 0 if they vary or are bits. */
    int width() {
      return switch (type) {
        case INT32, FLOAT -> 4;
        case INT64, DOUBLE -> 8;
        case INT96 -> 12;
        case FIXED_LEN_BYTE_ARRAY -> typeLength;
        default -> 0;
      };
    }
  }

  /**
   * One column of one row group.
   *
   * @param column its column
   * @param offset first byte, of the dictionary if there is one
   * @param size stored bytes
   * @param values values, nulls included
   * @param codec compression of its pages
   * @param only the value of all rows, if the statistics name a single one; else null
   * @param bounds of its numbers or times, or null if the statistics do not name them
   */
  public record Chunk(
      Column column,
      long offset,
      int size,
      long values,
      CompressionCodec codec,
      @Nullable String only,
      @Nullable Bounds bounds) {
    /** Creates a chunk without bounds. */
    public Chunk(
        Column column,
        long offset,
        int size,
        long values,
        CompressionCodec codec,
        @Nullable String only) {
      this(column, offset, size, values, codec, only, null);
    }

    /**
     * Returns the exception for values of another kind than expected.
     *
     * @param source the file
     * @param wanted the expected kind, in the plural
     */
    EarthEmbedException wrongType(String source, String wanted) {
      return new EarthEmbedException(
          source + ": column " + column.name() + " is " + column.typeName() + ", not " + wanted);
    }

    /**
     * Returns what to throw if its values are damaged.
     *
     * @param source the file
     * @param problem continues "column NAME"
     */
    CorruptDataException corrupt(String source, String problem) {
      return new CorruptDataException(source, offset, "column " + column.name() + " " + problem);
    }
  }

  /**
   * The values of a column lie within these bounds, unless they are null.
   *
   * @param least a number; for a time the number that is stored
   * @param greatest at least as great
   */
  public record Bounds(double least, double greatest) {}

  /**
   * A row group.
   *
   * @param rows number of rows
   * @param chunks by column name, without columns that {@link Footer#unread} names
   */
  public record Group(long rows, Map<String, Chunk> chunks) {}

  /**
   * A footer's bytes, and the version of the file that they were read from.
   *
   * @param bytes Thrift bytes, without length and magic
   * @param version the version of the file
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Raw(byte[] bytes, FileVersion version) {}

  /**
   * Returns a column of a row group, or null if the file has none of that name.
   *
   * @throws EarthEmbedException if there are two, or it is a struct, naming its leaves
   */
  public @Nullable Chunk chunk(Group group, String column) {
    String problem = unread.get(column);
    if (problem != null) throw new EarthEmbedException(name + ": " + problem);
    return group.chunks().get(column);
  }

  /**
   * Reads a file's footer.
   *
   * @param guess number of bytes to read at the end of the file
   */
  public static Footer read(RangeSource source, int guess) {
    return parse(source.name(), readRaw(source, guess));
  }

  /**
   * Reads a file's footer without parsing it.
   *
   * @param guess number of bytes to read at the end of the file
   */
  public static Raw readRaw(RangeSource source, int guess) {
    Tail tail = source.tail(guess);
    FileVersion version = tail.version();
    ByteBuffer bytes = tail.bytes();
    int held = bytes.remaining();
    if (held < 12 || bytes.getInt(held - 4) != MAGIC) {
      throw new CorruptDataException(source.name(), version.length() - 4, "not a Parquet file");
    }
    long length = bytes.getInt(held - 8) & 0xFFFFFFFFL;
    if (length > version.length() - 12 || length > MAX_FOOTER) {
      throw new CorruptDataException(
          source.name(), version.length() - 8, "a footer of " + length + " bytes");
    }
    int have = (int) Math.min(length, held - 8);
    int missing = (int) length - have;
    // The rest is read before memory is allocated for the whole, because a server may lie.
    ByteBuffer rest =
        missing == 0
            ? ByteBuffer.allocate(0)
            : source.read(version, version.length() - 8 - length, missing);
    byte[] footer = new byte[(int) length];
    rest.get(footer, 0, missing);
    bytes.get(held - 8 - have, footer, missing, have);
    return new Raw(footer, version);
  }

  /**
   * Parses a footer.
   *
   * @param name file or URL for messages
   * @throws CorruptDataException if it is damaged
   */
  public static Footer parse(String name, Raw raw) {
    long start = raw.version().length() - 8 - raw.bytes().length;
    try {
      Parts parts = new Parts(name, raw.version());
      Thrift.footer(ByteBuffer.wrap(raw.bytes()), parts);
      return parts.footer();
    } catch (EarthEmbedException e) {
      throw e;
    } catch (TException | RuntimeException e) {
      throw new CorruptDataException(name, start, "a damaged footer: " + e.getMessage(), e);
    }
  }

  /** Keeps the needed parts of a footer while it is read. */
  private static final class Parts implements Thrift.FooterParts {
    private final String name;
    private final FileVersion version;
    private final List<Group> groups = new ArrayList<>();
    private final Map<String, String> metadata = new HashMap<>();

    /** Texts that many chunks share. */
    private final Map<String, String> shared = new HashMap<>();

    private Schema schema = new Schema(List.of(), Map.of());

    Parts(String name, FileVersion version) {
      this.name = name;
      this.version = version;
    }

    @Override
    public int schema(List<SchemaElement> elements) {
      schema = Schema.of(elements);
      return schema.leaves().size();
    }

    @Override
    public void rowGroup(RowGroup group) {
      List<@Nullable Column> leaves = schema.leaves();
      if (leaves.isEmpty() || group.getColumnsSize() != leaves.size() || group.getNum_rows() < 0) {
        throw new CorruptDataException(name, "a row group that does not fit the schema");
      }
      Map<String, Chunk> chunks = new HashMap<>();
      for (int c = 0; c < leaves.size(); c++) {
        Column column = leaves.get(c);
        if (column == null) continue;
        chunks.put(column.name(), chunk(name, version, column, group.getColumns().get(c), shared));
      }
      groups.add(new Group(group.getNum_rows(), Map.copyOf(chunks)));
    }

    @Override
    public void metadata(KeyValue pair) {
      if (pair.isSetValue()) metadata.put(pair.getKey(), pair.getValue());
    }

    Footer footer() {
      Map<String, Column> columns = new LinkedHashMap<>();
      for (Column column : schema.leaves()) {
        if (column != null) columns.put(column.name(), column);
      }
      return new Footer(name, version, List.copyOf(groups), columns, schema.unread(), metadata);
    }
  }

  private static Chunk chunk(
      String name,
      FileVersion version,
      Column column,
      ColumnChunk chunk,
      Map<String, String> shared) {
    ColumnMetaData meta = chunk.getMeta_data();
    if (meta == null || chunk.isSetFile_path()) {
      throw new EarthEmbedException(
          name
              + ": column "
              + column.name()
              + (meta == null
                  ? " is encrypted"
                  : " stands in another file, " + chunk.getFile_path()));
    }
    if (meta.getType() != column.type()) {
      throw new CorruptDataException(
          name,
          "column " + column.name() + " is " + meta.getType() + ", in the schema " + column.type());
    }
    // Writers set an arbitrary offset for a chunk without values.
    if (meta.getNum_values() == 0 && meta.getCodec() != null) {
      return new Chunk(column, 4, 0, 0, meta.getCodec(), null);
    }
    long offset = meta.getData_page_offset();
    if (meta.isSetDictionary_page_offset() && meta.getDictionary_page_offset() > 0) {
      offset = Math.min(offset, meta.getDictionary_page_offset());
    }
    long size = meta.getTotal_compressed_size();
    if (offset < 4
        || size < 0
        || offset > version.length() - size
        || meta.getCodec() == null
        || meta.getNum_values() < 0) {
      throw new CorruptDataException(
          name,
          offset,
          "column " + column.name() + " of " + size + " bytes does not lie in the file");
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw new EarthEmbedException(
          name
              + ": column "
              + column.name()
              + " has "
              + size
              + " bytes in a row group, and 2 GiB are read at the most: write smaller row groups");
    }
    String only = only(column, meta);
    if (only != null) only = shared.computeIfAbsent(only, v -> v);
    return new Chunk(
        column,
        offset,
        (int) size,
        meta.getNum_values(),
        meta.getCodec(),
        only,
        bounds(column, meta.getStatistics()));
  }

  /** Returns the bounds of numbers or times that the statistics name, or null. */
  private static @Nullable Bounds bounds(Column column, @Nullable Statistics s) {
    if (s == null) return null;
    boolean plain = column.isNumber() && column.meaning().kind() == Meaning.Kind.PLAIN;
    if (!plain && !column.isTime()) return null;
    // The fields of old writers have the order of signed numbers.
    byte[] least = s.isSetMin_value() ? s.getMin_value() : s.getMin();
    byte[] greatest = s.isSetMax_value() ? s.getMax_value() : s.getMax();
    int width = column.width();
    if (least == null || greatest == null || least.length != width || greatest.length != width) {
      return null;
    }
    double from = number(column.type(), least);
    double to = number(column.type(), greatest);
    return from <= to ? new Bounds(from, to) : null; // not if one is not a number
  }

  private static double number(Type type, byte[] value) {
    ByteBuffer bytes = ByteBuffer.wrap(value).order(ORDER);
    return switch (type) {
      case INT32 -> bytes.getInt();
      case INT64 -> bytes.getLong();
      case FLOAT -> bytes.getFloat();
      case DOUBLE -> bytes.getDouble();
      default -> Double.NaN;
    };
  }

  /**
   * Returns the only value of a column: a text or double that is both its least and its greatest,
   * unless they were cut.
   */
  private static @Nullable String only(Column column, ColumnMetaData meta) {
    Statistics s = meta.getStatistics();
    if (meta.getNum_values() != 1 || s == null || !column.isFlat()) return null;
    boolean text = column.meaning().kind() == Meaning.Kind.TEXT;
    if (!text && !(column.type() == Type.DOUBLE && column.isNumber())) return null;
    byte[] least = s.getMin_value();
    byte[] greatest = s.getMax_value();
    if (least == null || greatest == null || !java.util.Arrays.equals(least, greatest)) return null;
    if (!text) {
      return least.length != 8
          ? null
          : String.valueOf(ByteBuffer.wrap(least).order(ORDER).getDouble());
    }
    if (s.isSetIs_min_value_exact() && !s.isIs_min_value_exact()) return null;
    if (s.isSetIs_max_value_exact() && !s.isIs_max_value_exact()) return null;
    // A long value may be cut in both statistics; the needed values are short.
    if (least.length > 128) return null;
    String only = new String(least, StandardCharsets.UTF_8);
    return only.indexOf('\uFFFD') < 0 ? only : null;
  }

  /** The file's byte order. */
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
}
