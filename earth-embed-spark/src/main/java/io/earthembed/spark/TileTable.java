package io.earthembed.spark;

import io.earthembed.base.table.AttributeColumns;
import io.earthembed.base.text.Timestamps;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.PlainText;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Tables of tile references, in the columns of MajorTOM's metadata: {@code grid_cell}, {@code
 * product_id}, {@code centre_lat}, {@code centre_lon}, {@code parquet_url}, {@code parquet_row};
 * and optionally {@code timestamp} (text as {@link Timestamps#parse} reads it, a timestamp or a
 * date; null if unknown), {@code cloud_cover} (percent; values outside 0-100 count as unknown) and
 * {@code unique_id}. Numbers may be of any type, or texts that hold numbers. Other types are
 * refused.
 *
 * <p>The columns that {@link #withAttributes} names are {@linkplain TileRecord#attributes
 * attributes} of the tiles. Other columns are ignored, so {@code spark.read().parquet(metadata)} is
 * such a table, and so is the result of an SQL query over it.
 */
public final class TileTable {
  private static final String ID = "unique_id";
  private static final String TIME = "timestamp";
  private static final String CLOUD = "cloud_cover";
  private static final String ROW = "parquet_row";

  /** The columns, each with the type to which it is converted. */
  static final StructType SCHEMA =
      new StructType()
          .add(ID, DataTypes.StringType)
          .add("grid_cell", DataTypes.StringType)
          .add("product_id", DataTypes.StringType)
          .add(TIME, DataTypes.StringType)
          .add("centre_lat", DataTypes.DoubleType)
          .add("centre_lon", DataTypes.DoubleType)
          .add(CLOUD, DataTypes.FloatType)
          .add("parquet_url", DataTypes.StringType)
          .add(ROW, DataTypes.IntegerType);

  /** Marks the columns of attributes in their metadata: the type of the values. */
  private static final String ATTRIBUTE = "earthembed.attribute";

  /** Marks microseconds since 1970, which name an instant in any session's time zone. */
  private static final String MICROS = "us";

  private TileTable() {}

  /**
   * Returns a table of tiles from the driver, with their attributes.
   *
   * @param tiles tiles with a source
   * @throws IllegalArgumentException if a tile has no source, if two tiles have attributes of one
   *     name and of different types, or if an attribute has the name of another column
   */
  public static Dataset<Row> of(SparkSession spark, List<TileRecord> tiles) {
    List<AttributeColumns.Column> attributes = AttributeColumns.of(tiles, List.of());
    StructType schema = SCHEMA;
    for (AttributeColumns.Column column : attributes) {
      schema = schema.add(column.name(), sparkType(column.type()), true, mark(column.type()));
    }
    requireDistinct(schema);
    List<Row> rows = new ArrayList<>();
    for (TileRecord tile : tiles) rows.add(row(tile, attributes));
    return spark.createDataFrame(rows, schema);
  }

  /**
   * Names columns of a table that are attributes of its tiles. Spark keeps this with the columns if
   * rows are filtered or the columns are selected. Texts become texts; integers of up to 64 bits
   * integers; floats and decimals the nearest doubles; dates and timestamps times; booleans flags.
   * A null, or a float that is not a number, is an absent attribute.
   *
   * @param tiles table of tiles
   * @param names names of columns, as they are spelled in the table
   * @throws IllegalArgumentException if a column is missing, has another type or the name of one of
   *     the columns that every table of tiles has, or if two names differ only in case
   */
  public static Dataset<Row> withAttributes(Dataset<Row> tiles, String... names) {
    Set<String> wanted = new HashSet<>(List.of(names));
    List<Column> columns = new ArrayList<>();
    StructType attributes = SCHEMA;
    for (StructField field : tiles.schema().fields()) {
      Column column = column(field.name());
      if (wanted.remove(field.name())) {
        Metadata mark = mark(attributeType(field));
        attributes = attributes.add(field.name(), field.dataType(), true, mark);
        column = column.as(field.name(), mark);
      }
      columns.add(column);
    }
    if (!wanted.isEmpty()) {
      throw new IllegalArgumentException(
          "tiles has no column "
              + new TreeSet<>(wanted).first()
              + ": "
              + Arrays.toString(tiles.columns()));
    }
    requireDistinct(attributes);
    return tiles.select(columns.toArray(new Column[0]));
  }

  /** Fails if an attribute has the name of an earlier column, as Spark compares names. */
  private static void requireDistinct(StructType schema) {
    Map<String, String> known = new HashMap<>();
    for (String name : schema.fieldNames()) {
      String other = known.put(name.toLowerCase(Locale.ROOT), name);
      if (other != null) {
        throw new IllegalArgumentException(
            PlainText.message("attribute " + name + " has the name of the column " + other));
      }
    }
  }

  private static Metadata mark(Attributes.Type type) {
    return new MetadataBuilder().putString(ATTRIBUTE, type.name()).build();
  }

  /** Returns the column of a table whose name may have any characters. */
  static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /** Returns Spark's type for the values of an attribute. */
  static DataType sparkType(Attributes.Type type) {
    return switch (type) {
      case TEXT -> DataTypes.StringType;
      case INTEGER -> DataTypes.LongType;
      case NUMBER -> DataTypes.DoubleType;
      case TIME -> DataTypes.TimestampType;
      case FLAG -> DataTypes.BooleanType;
    };
  }

  private static Attributes.Type attributeType(StructField field) {
    DataType type = field.dataType();
    if (type instanceof StringType || type instanceof NullType) return Attributes.Type.TEXT;
    if (type instanceof IntegralType) return Attributes.Type.INTEGER;
    if (type instanceof NumericType) return Attributes.Type.NUMBER;
    if (type instanceof BooleanType) return Attributes.Type.FLAG;
    if (type instanceof TimestampType
        || type instanceof TimestampNTZType
        || type instanceof DateType) {
      return Attributes.Type.TIME;
    }
    throw new IllegalArgumentException(
        PlainText.message(
            "tiles: column "
                + field.name()
                + " is "
                + type.simpleString()
                + ", which is not read as an attribute; texts, numbers, booleans, dates and"
                + " timestamps are"));
  }

  /**
   * Returns a table of all tiles of some shards. The executors read the footers when the table is
   * used.
   *
   * @param shards http, https or file URLs; files need the same path on every machine
   * @param options options for reading the shards
   */
  public static Dataset<Row> ofShards(SparkSession spark, List<URI> shards, StoreOptions options) {
    List<String> urls = shards.stream().map(URI::toString).distinct().toList();
    int slices = Math.max(1, Math.min(urls.size(), 4 * spark.sparkContext().defaultParallelism()));
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(urls, slices)
            .mapPartitions(
                some -> {
                  List<Row> rows = new ArrayList<>();
                  try (ParquetImageryStore store = ParquetImageryStore.open(options)) {
                    while (some.hasNext()) {
                      for (TileRecord tile : store.list(URI.create(some.next()))) {
                        rows.add(row(tile, List.of()));
                      }
                    }
                  }
                  return rows.iterator();
                }),
        SCHEMA);
  }

  /** Returns the row of a tile: the values of {@link #SCHEMA}, and those of some attributes. */
  static Row row(TileRecord tile, List<AttributeColumns.Column> attributes) {
    TileRef source = tile.source();
    if (source == null) throw new IllegalArgumentException(tile.id() + " has no source");
    List<@Nullable Object> values = new ArrayList<>();
    values.add(tile.id());
    values.add(tile.cell().name());
    values.add(tile.productId());
    values.add(Objects.toString(tile.timestamp(), null));
    values.add(tile.center().latitude());
    values.add(tile.center().longitude());
    values.add(tile.cloudCover());
    values.add(source.shard().toString());
    values.add(source.rowGroup());
    for (AttributeColumns.Column column : attributes) {
      values.add(tile.attributes().get(column.attribute()));
    }
    return RowFactory.create(values.toArray());
  }

  /**
   * Converts such a table to the columns of {@link #SCHEMA}, and then those of its attributes.
   *
   * @throws IllegalArgumentException if a column is missing, or has a type that cannot be converted
   */
  static Dataset<Row> in(Dataset<Row> table) {
    Set<String> there = Set.copyOf(Arrays.asList(table.columns()));
    List<Column> columns = new ArrayList<>();
    for (String name : SCHEMA.fieldNames()) {
      Column column;
      if (there.contains(name)) {
        column = value(name, table.schema().apply(name).dataType());
      } else if (name.equals(ID)) {
        column = functions.concat_ws("@", functions.col("product_id"), functions.col("grid_cell"));
      } else if (name.equals(TIME)) {
        column = functions.lit(null);
      } else if (name.equals(CLOUD)) {
        column = functions.lit(Float.NaN);
      } else {
        throw new IllegalArgumentException(
            "tiles has no column " + name + ": " + Arrays.toString(table.columns()));
      }
      columns.add(column.cast(SCHEMA.apply(name).dataType()).as(name));
    }
    for (StructField field : table.schema().fields()) {
      if (!field.metadata().contains(ATTRIBUTE)) continue;
      Attributes.Type type = attributeType(field);
      Column column = column(field.name());
      Column value =
          type == Attributes.Type.TIME
              ? time(column, field.dataType()).cast(DataTypes.StringType)
              : column.cast(sparkType(type));
      columns.add(value.as(field.name(), mark(type)));
    }
    return table.select(columns.toArray(new Column[0]));
  }

  /**
   * Converts a column. The types are checked first, because Spark casts anything: a struct to text,
   * a time to a number.
   */
  private static Column value(String name, DataType type) {
    Column column = functions.col(name);
    boolean text = type instanceof StringType;
    boolean none = type instanceof NullType;
    if (name.equals(TIME)) {
      boolean time =
          type instanceof TimestampType
              || type instanceof TimestampNTZType
              || type instanceof DateType;
      return require(text || none || time, name, type, "a time or text", time(column, type));
    }
    if (SCHEMA.apply(name).dataType() instanceof StringType) {
      boolean bytes = type instanceof BinaryType;
      boolean whole = type instanceof IntegralType;
      return require(text || none || bytes || whole, name, type, "text", column);
    }
    require(text || none || type instanceof NumericType, name, type, "a number", column);
    if (!name.equals(ROW)) return column;
    Column number = column.cast(DataTypes.DoubleType);
    Column fits =
        number
            .between(0, Integer.MAX_VALUE)
            .and(number.equalTo(functions.floor(number).cast(DataTypes.DoubleType)));
    Column problem =
        functions.concat(
            functions.lit(ROW + " is "),
            column.cast(DataTypes.StringType),
            functions.lit(", not the number of a row group: "),
            functions.concat_ws("@", functions.col("product_id"), functions.col("grid_cell")));
    return functions
        .when(number.isNull(), functions.lit(null))
        .when(fits, number)
        .otherwise(functions.raise_error(problem));
  }

  /** Makes a time independent of the session's time zone; leaves other types as they are. */
  private static Column time(Column column, DataType type) {
    if (!(type instanceof TimestampType)) return column;
    Column micros = functions.unix_micros(column).cast(DataTypes.StringType);
    return functions.concat(micros, functions.lit(MICROS));
  }

  private static Column require(
      boolean fits, String name, DataType type, String wanted, Column column) {
    if (fits) return column;
    throw new IllegalArgumentException(
        "tiles: column " + name + " is " + type.simpleString() + ", not " + wanted);
  }

  /** Fails if a column of {@link #SCHEMA} is null in a row, and names it. */
  static void requireValue(Row row, int column) {
    if (row.isNullAt(column)) {
      throw new IllegalArgumentException(SCHEMA.fields()[column].name() + " is null: " + row);
    }
  }

  /** Returns the id of a row's tile. */
  static String id(Row row) {
    requireValue(row, 0);
    return row.getString(0);
  }

  /** Returns the record of a row of {@link #in}. */
  static TileRecord record(Row row) {
    for (int i = 0; i < SCHEMA.size(); i++) {
      String name = SCHEMA.fields()[i].name();
      if (!name.equals(CLOUD) && !name.equals(TIME)) requireValue(row, i);
    }
    return new TileRecord(
        row.getString(0),
        GridCell.parse(row.getString(1)),
        row.getString(2),
        row.isNullAt(3) ? null : time(row.getString(3)),
        new GeoPoint(row.getDouble(4), row.getDouble(5)),
        row.isNullAt(6) ? Float.NaN : percent(row.getFloat(6)),
        new TileRef(URI.create(row.getString(7)), row.getInt(8)),
        attributes(row));
  }

  private static Attributes attributes(Row row) {
    Map<String, Object> values = new HashMap<>();
    for (int i = SCHEMA.size(); i < row.size(); i++) {
      Object value = row.get(i);
      if (value == null || value.equals(Double.NaN)) continue;
      StructField field = row.schema().fields()[i];
      String type = field.metadata().getString(ATTRIBUTE);
      boolean isTime = type.equals(Attributes.Type.TIME.name());
      values.put(field.name(), isTime ? time((String) value) : value);
    }
    try {
      return Attributes.of(values);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          PlainText.message("tile " + row.get(0) + ": " + e.getMessage()), e);
    }
  }

  private static float percent(float value) {
    return value >= 0 && value <= 100 ? value : Float.NaN;
  }

  private static Instant time(String text) {
    if (text.endsWith(MICROS)) {
      long micros = Long.parseLong(text.substring(0, text.length() - MICROS.length()));
      return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
    return Timestamps.parse(text);
  }
}
