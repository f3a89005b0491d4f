package io.earthembed.spark;

import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Runs the three jobs on tiles with attributes. Arguments: list of shards, folder. */
public final class AttributeJobs {
  private AttributeJobs() {}

  /** Runs all of them in one application. */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Path folder = Path.of(args[1]);
    List<URI> shards = Files.readAllLines(Path.of(args[0])).stream().map(URI::create).toList();
    Dataset<Row> tiles =
        TileTable.ofShards(spark, shards, StoreOptions.defaults())
            .selectExpr(
                "*",
                // One shard has no maize, and one tile no crop.
                "nullif(if(parquet_row = 0, 'rye', if(parquet_row = 1, 'maize', '')), '') crop",
                "9007199254740993 + parquet_row visits",
                "if(parquet_row = 0, float('nan'), float(parquet_row) + 0.5F) yield",
                "12.25BD `price.a`",
                "timestamp '2024-03-01 12:00:00.000001Z' sown",
                "timestamp_ntz '2024-03-01 12:00:00' seen",
                "date '1969-12-31' surveyed",
                "parquet_row = 2 Organic",
                "binary('x') bytes");
    Dataset<Row> own =
        TileTable.withAttributes(
            tiles, "crop", "visits", "yield", "price.a", "sown", "seen", "surveyed", "Organic");
    Path embeddings = folder.resolve("embeddings");
    EmbedJob.of(DemoModel::load, Crops.center(Archive.SIDE), embeddings)
        .run(own.where("visits < 9007199254740996"));
    // The records of the result make an equal table on the driver.
    List<TileRecord> records = new ArrayList<>();
    var catalog = GeoParquetDataset.open(embeddings).catalog();
    for (long i = 0; i < catalog.size(); i++) records.add(catalog.record(i));
    EmbedJob.of(DemoModel::load, Crops.center(Archive.SIDE), folder.resolve("again"))
        .run(TileTable.of(spark, records));
    IndexJob.of(embeddings, folder.resolve("index")).run(spark);
    Dataset<Row> queries =
        spark
            .read()
            .parquet(embeddings.toString())
            .select(
                functions.col("unique_id").as(SearchJob.QUERY), functions.col(SearchJob.VECTOR));
    Dataset<Row> found =
        SearchJob.of(folder.resolve("index"), 1)
            .withAttributes("visits", "crop", "sown", "Organic", "price.a")
            .run(queries);
    System.out.println("told columns: " + found.schema().toDDL());
    Column text = functions.concat_ws("; ", columns(found));
    found
        .where("rank = 1")
        .orderBy("query_id")
        .select(text)
        .collectAsList()
        .forEach(row -> System.out.println("told found: " + row.getString(0)));
    tell("missing", () -> TileTable.withAttributes(tiles, "crop", "corp"));
    tell("bytes", () -> TileTable.withAttributes(tiles, "bytes"));
    tell("taken", () -> TileTable.withAttributes(tiles, "product_id"));
    tell(
        "unknown",
        () -> SearchJob.of(folder.resolve("index"), 1).withAttributes("corp").run(queries));
    TileRecord one = records.get(0);
    Attributes taken = Attributes.NONE.with("Timestamp", Instant.EPOCH);
    tell("case", () -> TileTable.of(spark, List.of(one.withAttributes(taken))));
    tell(
        "infinite",
        () ->
            TileTable.record(
                TileTable.in(
                        TileTable.withAttributes(
                            TileTable.of(spark, List.of(one.withAttributes(Attributes.NONE)))
                                .withColumn("yield", functions.expr("double('inf')")),
                            "yield"))
                    .collectAsList()
                    .get(0)));
    spark.stop();
  }

  private static Column[] columns(Dataset<Row> table) {
    List<Column> columns = new ArrayList<>();
    for (String name : table.columns()) {
      columns.add(functions.coalesce(TileTable.column(name).cast("string"), functions.lit("null")));
    }
    return columns.toArray(new Column[0]);
  }

  private static void tell(String what, Callable<?> job) {
    try {
      System.out.println("told " + what + ": no failure: " + job.call());
    } catch (Exception e) {
      System.out.println("told " + what + ": " + Main.problem(e));
    }
  }
}
