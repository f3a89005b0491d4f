package io.earthembed.spark;

import io.earthembed.base.text.Timestamps;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Tables of tile references, in the columns of MajorTOM's metadata: {@code grid_cell}, {@code
 * product_id}, {@code centre_lat}, {@code centre_lon}, {@code parquet_url}, {@code parquet_row};
 * and optionally {@code timestamp} (text as {@link Timestamps#parse} reads it, a timestamp or a
 * date; null if unknown), {@code cloud_cover} (percent; values outside 0-100 count as unknown) and
 * {@code unique_id}. Other columns are ignored, so {@code spark.read().parquet(metadata)} is such a
 * table, and so is the result of an SQL query over it. Numbers may be of any type, or texts that
 * hold numbers. Other types are refused.
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

  /** Marks microseconds since 1970, which name an instant in any session's time zone. */
  private static final String MICROS = "us";

  private TileTable() {}

  /**
   * Returns a table of tiles from the driver.
   *
   * @param tiles tiles with a source
   */
  public static Dataset<Row> of(SparkSession spark, List<TileRecord> tiles) {
    List<Row> rows = new ArrayList<>();
    for (TileRecord tile : tiles) rows.add(row(tile));
    return spark.createDataFrame(rows, SCHEMA);
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
                      store.list(URI.create(some.next())).forEach(t -> rows.add(row(t)));
                    }
                  }
                  return rows.iterator();
                }),
        SCHEMA);
  }

  /** Returns the row of {@link #SCHEMA} of a tile. */
  static Row row(TileRecord tile) {
    TileRef source = tile.source();
    if (source == null) throw new IllegalArgumentException(tile.id() + " has no source");
    return RowFactory.create(
        tile.id(),
        tile.cell().name(),
        tile.productId(),
        Objects.toString(tile.timestamp(), null),
        tile.center().latitude(),
        tile.center().longitude(),
        tile.cloudCover(),
        source.shard().toString(),
        source.rowGroup());
  }

  /**
   * Converts such a table to the columns of {@link #SCHEMA}.
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
      if (type instanceof TimestampType) {
        Column micros = functions.unix_micros(column).cast(DataTypes.StringType);
        return functions.concat(micros, functions.lit(MICROS));
      }
      boolean local = type instanceof TimestampNTZType || type instanceof DateType;
      return require(text || none || local, name, type, "a time or text", column);
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

  /** Returns the record of a row of {@link #SCHEMA}. */
  static TileRecord record(Row row) {
    for (int i = 0; i < row.size(); i++) {
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
        new TileRef(URI.create(row.getString(7)), row.getInt(8)));
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
