package io.earthembed.spark;

import static org.apache.spark.sql.functions.col;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import io.earthembed.vector.Metric;
import io.earthembed.vector.ShardedIndex;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What docs/guides/cluster.md shows of Spark. */
final class ClusterGuide {
  private ClusterGuide() {}

  /** An archive's tiles embedded and indexed, and the three likes of each. */
  static Dataset<Row> jobs(SparkSession spark, List<URI> shards, Path folder) {
    // [jobs
    Dataset<Row> tiles = TileTable.ofShards(spark, shards, StoreOptions.DEFAULT);
    EmbedJob.Report report =
        EmbedJob.of(DemoModel::load, Crops.centre(64), folder.resolve("embeddings")).run(tiles);

    IndexJob.of(folder.resolve("embeddings"), folder.resolve("index"))
        .trainedBy(sample -> FaissIndex.ivfFlat(sample, Metric.INNER_PRODUCT, 2, 2))
        .sharded()
        .run(spark);

    Dataset<Row> dataset = spark.read().parquet(folder.resolve("embeddings").toString());
    Dataset<Row> queries = dataset.select(col("unique_id").as("query_id"), col("embedding"));
    Dataset<Row> likes = SearchJob.of(folder.resolve("index"), 3).run(queries);
    // jobs]
    System.out.println(report);
    return likes;
  }

  /** What serves them, on one machine. */
  static void serve() {
    // [serve
    FaissIndex one = FaissIndex.open(Path.of("index/index.faiss"));
    ShardedIndex many = ShardedIndex.load(Path.of("index/index.manifest"), FaissIndex::open);
    TileCatalog catalog = TileCatalog.open(Path.of("index/catalog.bin"));
    // serve]
    System.out.println(one.size() + many.size() + catalog.size());
  }
}
