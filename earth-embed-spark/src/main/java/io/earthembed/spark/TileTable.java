package io.earthembed.spark;

import io.earthembed.catalog.TileRecord;
import io.earthembed.catalog.TileRef;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Tables of tile references, in the columns of MajorTOM's metadata: {@code grid_cell}, {@code
 * product_id}, {@code timestamp} (text as MajorTOM writes it, ISO 8601, or a timestamp), {@code
 * centre_lat}, {@code centre_lon}, {@code parquet_url}, {@code parquet_row}; and, where they are
 * there, {@code cloud_cover} and {@code unique_id}. Other columns do not matter, so that {@code
 * spark.read().parquet(metadata)} is such a table, and what SQL makes of it is one too.
 */
public final class TileTable {
  private static final String ID = "unique_id";
  private static final String CLOUD = "cloud_cover";

  /** The columns, each of the type it is brought to. */
  static final StructType SCHEMA =
      new StructType()
          .add(ID, DataTypes.StringType)
          .add("grid_cell", DataTypes.StringType)
          .add("product_id", DataTypes.StringType)
          .add("timestamp", DataTypes.StringType)
          .add("centre_lat", DataTypes.DoubleType)
          .add("centre_lon", DataTypes.DoubleType)
          .add(CLOUD, DataTypes.FloatType)
          .add("parquet_url", DataTypes.StringType)
          .add("parquet_row", DataTypes.IntegerType);

  private static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");

  private TileTable() {}

  /**
   * A table of tiles that the driver knows.
   *
   * @param tiles each with a source
   */
  public static Dataset<Row> of(SparkSession spark, List<TileRecord> tiles) {
    List<Row> rows = new ArrayList<>();
    for (TileRecord tile : tiles) rows.add(row(tile));
    return spark.createDataFrame(rows, SCHEMA);
  }

  /**
   * A table of all tiles of some shards, whose footers are read by the executors when the table is
   * used.
   *
   * @param shards http, https or file URLs; of files, the same on every machine
   * @param options how they are read
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

  private static Row row(TileRecord tile) {
    TileRef source = tile.source();
    if (source == null) throw new IllegalArgumentException(tile.id() + " has no source");
    return RowFactory.create(
        tile.id(),
        tile.cell().name(),
        tile.productId(),
        tile.timestamp().toString(),
        tile.centre().latitude(),
        tile.centre().longitude(),
        tile.cloudCover(),
        source.shard().toString(),
        source.rowGroup());
  }

  /**
   * Any such table, in the columns of {@link #SCHEMA}.
   *
   * @throws IllegalArgumentException if a column is missing
   */
  static Dataset<Row> in(Dataset<Row> table) {
    Set<String> there = Set.copyOf(Arrays.asList(table.columns()));
    List<Column> columns = new ArrayList<>();
    for (String name : SCHEMA.fieldNames()) {
      Column column;
      if (there.contains(name)) {
        column = functions.col(name);
      } else if (name.equals(ID)) {
        column = functions.concat_ws("@", functions.col("product_id"), functions.col("grid_cell"));
      } else if (name.equals(CLOUD)) {
        column = functions.lit(Float.NaN);
      } else {
        throw new IllegalArgumentException(
            "tiles has no column " + name + ": " + Arrays.toString(table.columns()));
      }
      boolean time =
          name.equals("timestamp")
              && there.contains(name)
              && table.schema().apply(name).dataType().equals(DataTypes.TimestampType);
      // The instant itself, whatever the session's time zone.
      if (time) column = functions.unix_millis(column);
      columns.add(column.cast(SCHEMA.apply(name).dataType()).as(name));
    }
    return table.select(columns.toArray(new Column[0]));
  }

  /** Names a column of {@link #SCHEMA} that holds nothing in a row. */
  static void requireValue(Row row, int column) {
    if (row.isNullAt(column)) {
      throw new IllegalArgumentException(SCHEMA.fields()[column].name() + " is null: " + row);
    }
  }

  /** The record of a row of {@link #SCHEMA}. */
  static TileRecord record(Row row) {
    for (int i = 0; i < row.size(); i++) {
      if (!SCHEMA.fields()[i].name().equals(CLOUD)) requireValue(row, i);
    }
    return new TileRecord(
        row.getString(0),
        GridCell.parse(row.getString(1)),
        row.getString(2),
        time(row.getString(3)),
        new GeoPoint(row.getDouble(4), row.getDouble(5)),
        row.isNullAt(6) ? Float.NaN : row.getFloat(6),
        new TileRef(URI.create(row.getString(7)), row.getInt(8)));
  }

  private static Instant time(String text) {
    if (text.matches("-?\\d+")) return Instant.ofEpochMilli(Long.parseLong(text));
    try {
      if (text.indexOf('-') < 0) return LocalDateTime.parse(text, BASIC).toInstant(ZoneOffset.UTC);
      String iso = text.replace(' ', 'T');
      return iso.endsWith("Z")
          ? Instant.parse(iso)
          : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("timestamp is none: " + text, e);
    }
  }
}
