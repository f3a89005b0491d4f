package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Band;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.PlainText;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

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
   * @param ranges byte ranges of the columns with pixels, or null if they are unknown
   */
  record Listed(
      String shard,
      List<Row> tiles,
      @Nullable ShardRanges ranges,
      @Nullable String failure,
      long requests,
      long bytesRead)
      implements Serializable {
    Listed withoutTiles() {
      return new Listed(shard, List.of(), null, failure, requests, bytesRead);
    }
  }

  /** The columns that a model may need; which ones, only the executors know. */
  private static final List<String> PIXELS =
      Stream.concat(Arrays.stream(Band.values()).map(Band::name), Stream.of("thumbnail")).toList();

  /**
   * Lists shards on the executors, and waits for all of them.
   *
   * @param tasks the most tasks
   */
  static ShardList read(SparkSession spark, List<URI> shards, StoreOptions options, int tasks) {
    List<String> urls = shards.stream().map(URI::toString).distinct().toList();
    int most = Math.min(tasks, 4 * spark.sparkContext().defaultParallelism());
    int slices = Math.max(1, Math.min(urls.size(), most));
    JavaRDD<Listed> listed =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(urls, slices)
            .mapPartitions(some -> list(some, options))
            .persist(StorageLevel.MEMORY_AND_DISK());
    List<Listed> counts = listed.map(Listed::withoutTiles).collect();
    return new ShardList(
        listed,
        counts.stream()
            .filter(s -> s.failure() != null)
            .map(s -> new ShardResult(s.shard(), 0, Map.of(), Map.of(), s.failure()))
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
        ShardRanges ranges = null;
        String failure = null;
        try {
          List<TileRecord> tiles = store.list(URI.create(shard), PIXELS);
          for (TileRecord tile : tiles) rows.add(TileTable.row(tile, List.of()));
          ranges = ShardRanges.of(tiles, PIXELS);
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
                ranges,
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

  /**
   * Adds the byte ranges of shards, which sort before the tiles of their shard.
   *
   * @param tiles tiles of some of the shards
   * @param shards the URLs of these shards
   */
  JavaPairRDD<ShardPartitioner.Key, ListedTile> addRanges(
      JavaPairRDD<ShardPartitioner.Key, ListedTile> tiles, Set<String> shards) {
    if (listed == null) return tiles;
    Set<String> wanted = Set.copyOf(shards);
    return tiles.union(
        listed
            .filter(shard -> shard.ranges() != null && wanted.contains(shard.shard()))
            .mapToPair(
                shard ->
                    new Tuple2<>(
                        new ShardPartitioner.Key(shard.shard(), -1),
                        ListedTile.ranges(Objects.requireNonNull(shard.ranges())))));
  }

  @Override
  public void close() {
    if (listed != null) listed.unpersist(false);
  }
}
