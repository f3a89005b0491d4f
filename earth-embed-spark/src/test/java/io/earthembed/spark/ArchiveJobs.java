package io.earthembed.spark;

import static org.apache.spark.sql.functions.col;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.faiss.MappedFaissIndex;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import io.earthembed.vector.Metric;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A separate application; docs/guides/cluster.md shows a piece of it. Arguments: list of shards,
 * folder.
 */
public final class ArchiveJobs {
  private ArchiveJobs() {}

  /** Embeds the tiles of some products, indexes them and joins them with their likes. */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().getOrCreate();
    List<URI> shards = Files.readAllLines(Path.of(args[0])).stream().map(URI::create).toList();
    Path folder = Path.of(args[1]);

    Dataset<Row> tiles =
        TileTable.ofShards(spark, shards, StoreOptions.defaults())
            .where("product_id not like '%7'");
    EmbedJob job =
        EmbedJob.builder(DemoModel::load, Crops.center(64), folder.resolve("embeddings"))
            .readers(8)
            .progress((task, done, total) -> System.out.println(done + " of " + total))
            .build();
    EmbedJob.Report report = job.run(tiles);
    System.out.println(report);
    System.out.println(
        "in Spark's metrics: "
            + SparkEnv.get().metricsSystem().getSourcesByName("AccumulatorSource").size());
    // A table that has no more than it must, and its times as times.
    Dataset<Row> bare =
        tiles
            .withColumn("timestamp", functions.to_timestamp(col("timestamp")))
            .drop("unique_id", "cloud_cover");
    System.out.println(job.run(bare));
    System.out.println("failures " + job.failures(spark).count());

    IndexJob.of(folder.resolve("embeddings"), folder.resolve("index"))
        .trainedBy(sample -> FaissIndex.trained(sample, Metric.INNER_PRODUCT, FaissSpec.ivf(2)))
        .withSample(80)
        .withParts(3)
        .sharded()
        .run(spark);

    Dataset<Row> dataset = spark.read().parquet(folder.resolve("embeddings").toString());
    System.out.println("rows " + dataset.where("grid_row < 0").count());
    Dataset<Row> queries = dataset.select(col("unique_id").as("query_id"), col("embedding"));
    SearchJob.of(folder.resolve("index"), 3)
        .run(queries)
        .join(dataset.select("unique_id", "grid_cell"), "unique_id")
        .write()
        .json(folder.resolve("found").toString());
    Dataset<Row> ofOnePartition = SearchJob.of(folder.resolve("index"), 3).run(queries.coalesce(1));
    System.out.println(
        "searched in "
            + ofOnePartition.select(functions.spark_partition_id()).distinct().count()
            + " tasks");
    System.out.println("likes " + jobs(spark, shards, folder.resolve("guide")).count());
    spark.stop();
  }

  /** Embeds and indexes an archive's tiles, and finds the three most similar ones of each. */
  private static Dataset<Row> jobs(SparkSession spark, List<URI> shards, Path folder) {
    // [jobs
    Dataset<Row> tiles = TileTable.ofShards(spark, shards, StoreOptions.defaults());
    EmbedJob.Report report =
        EmbedJob.of(DemoModel::load, Crops.center(64), folder.resolve("embeddings")).run(tiles);

    IndexJob.of(folder.resolve("embeddings"), folder.resolve("index"))
        .trainedBy(sample -> FaissIndex.trained(sample, Metric.INNER_PRODUCT, FaissSpec.ivf(2)))
        .sharded()
        .run(spark);

    Dataset<Row> dataset = spark.read().parquet(folder.resolve("embeddings").toString());
    Dataset<Row> queries = dataset.select(col("unique_id").as("query_id"), col("embedding"));
    Dataset<Row> likes = SearchJob.of(folder.resolve("index"), 3).run(queries);
    // jobs]
    System.out.println(report);
    return likes;
  }

  /** Serves them, on one machine. */
  static void serve() {
    // [serve
    MappedFaissIndex one = FaissIndex.open(Path.of("index/index.faiss"));
    ShardedIndex many = ShardedIndex.load(Path.of("index/index.manifest"), FaissIndex::open);
    TileCatalog catalog = TileCatalog.open(Path.of("index/catalog.bin"));
    // serve]
    System.out.println(one.size() + many.size() + catalog.size());
  }
}
