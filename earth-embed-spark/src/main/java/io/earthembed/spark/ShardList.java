package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.PlainText;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * The tiles of some shards, which executors listed once.
 *
 * @param listed the shards with their tiles, or null if none was listed
 * @param failed the shards that could not be listed
 * @param requests requests sent for the footers
 * @param bytesRead bytes of the footers
 */
record ShardList(
    @Nullable JavaRDD<Listed> listed, List<ShardResult> failed, long requests, long bytesRead)
    implements AutoCloseable {
  /** The list of a job that was given a table of tiles. */
  static final ShardList NONE = new ShardList(null, List.of(), 0, 0);

  /**
   * One shard.
   *
   * @param tiles rows of {@link TileTable#SCHEMA}
   */
  record Listed(
      String shard, List<Row> tiles, @Nullable String failure, long requests, long bytesRead)
      implements Serializable {}

  /** Lists shards on the executors, and waits for all of them. */
  static ShardList read(SparkSession spark, List<URI> shards, StoreOptions options) {
    List<String> urls = shards.stream().map(URI::toString).distinct().toList();
    int slices = Math.max(1, Math.min(urls.size(), 4 * spark.sparkContext().defaultParallelism()));
    JavaRDD<Listed> listed =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(urls, slices)
            .mapPartitions(some -> list(some, options))
            .persist(StorageLevel.MEMORY_AND_DISK());
    List<Listed> counts =
        listed
            .map(s -> new Listed(s.shard(), List.of(), s.failure(), s.requests(), s.bytesRead()))
            .collect();
    return new ShardList(
        listed,
        counts.stream()
            .filter(s -> s.failure() != null)
            .map(s -> new ShardResult(s.shard(), 0, Map.of(), s.failure()))
            .toList(),
        counts.stream().mapToLong(Listed::requests).sum(),
        counts.stream().mapToLong(Listed::bytesRead).sum());
  }

  private static Iterator<Listed> list(Iterator<String> shards, StoreOptions options) {
    List<Listed> listed = new ArrayList<>();
    try (ParquetImageryStore store = ParquetImageryStore.open(options)) {
      while (shards.hasNext()) {
        String shard = shards.next();
        FetchStats before = store.stats();
        List<Row> rows = new ArrayList<>();
        String failure = null;
        try {
          for (TileRecord tile : store.list(URI.create(shard))) rows.add(TileTable.row(tile));
        } catch (EarthEmbedException e) {
          if (Thread.currentThread().isInterrupted()) throw e;
          rows.clear();
          failure = PlainText.message("" + e.getMessage());
        }
        FetchStats after = store.stats();
        listed.add(
            new Listed(
                shard,
                rows,
                failure,
                after.requests() - before.requests(),
                after.bytesRead() - before.bytesRead()));
      }
    }
    return listed.iterator();
  }

  /** Returns the tiles of the listed shards, in the form of {@link TileTable}. */
  Dataset<Row> tiles(SparkSession spark) {
    JavaRDD<Row> rows = Objects.requireNonNull(listed).flatMap(shard -> shard.tiles().iterator());
    return spark.createDataFrame(rows, TileTable.SCHEMA);
  }

  @Override
  public void close() {
    if (listed != null) listed.unpersist(false);
  }
}
