package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Makes the embeddings of a table of tiles on all executors: what {@link
 * io.earthembed.pipeline.EmbeddingPipeline} does on one machine, with the same rows for result.
 *
 * <p>All tiles of a shard come to one task, in order, so that each shard is opened once; an
 * executor loads the model once. The result is a folder of GeoParquet, {@code
 * grid_row=R/PART.parquet}, on a file system that all machines and the driver see under the same
 * path; {@code GeoParquetDataset.open} opens it, and {@code spark.read().parquet} reads it.
 *
 * <p>A part is what a shard's tiles became. Its files are written beside their names and renamed,
 * and it counts when all are there. A task that is tried again, a second attempt that runs at the
 * same time, and a job that is started again over the same tiles leave out the parts that are there
 * and write the others under the same names: no row is lost, and none is there twice.
 *
 * <p>A table that has grown since, or holds shards that have moved, adds what the folder lacks:
 * tiles whose ids are in its parts are left out, wherever they came from, and so are rows of an id
 * that another row has. Parts that were made by another model or of other crops are refused. What a
 * job that was killed has left of parts is removed when one succeeds; one job at a time works in a
 * folder.
 *
 * <p>Immutable, and safe for many threads if their folders differ.
 */
public final class EmbedJob {
  private static final StructType FAILURE =
      new StructType()
          .add("tile", DataTypes.StringType)
          .add("source", DataTypes.StringType)
          .add("reason", DataTypes.StringType);

  private final ModelSource model;
  private final Crops crops;
  private final Path folder;
  private final Settings settings;
  private final ProgressListener progress;

  private record Settings(
      StoreOptions store,
      int batchSize,
      int readers,
      int maxFailures,
      int partitions,
      boolean withoutBlank) {}

  private EmbedJob(
      ModelSource model, Crops crops, Path folder, Settings settings, ProgressListener progress) {
    this.model = model;
    this.crops = crops;
    this.folder = folder;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * A job.
   *
   * @param model loads what encodes the crops, on each executor
   * @param crops which squares of a tile
   * @param folder of the result, made where it does not exist, seen by every machine under this
   *     path
   */
  public static EmbedJob of(ModelSource model, Crops crops, Path folder) {
    return new EmbedJob(
        model,
        crops,
        folder.toAbsolutePath(),
        new Settings(StoreOptions.DEFAULT, 64, 64, 0, 10_000, false),
        ProgressListener.NONE);
  }

  /** The same, reading shards in another way. */
  public EmbedJob withStore(StoreOptions options) {
    Settings s = settings;
    return with(
        new Settings(options, s.batchSize, s.readers, s.maxFailures, s.partitions, s.withoutBlank));
  }

  /** The same, with so many crops encoded at once; 64. */
  public EmbedJob withBatchSize(int count) {
    requirePositive("count", count);
    Settings s = settings;
    return with(
        new Settings(s.store, count, s.readers, s.maxFailures, s.partitions, s.withoutBlank));
  }

  /** The same, with so many threads in a task that read and decode tiles; 64. */
  public EmbedJob withReaders(int threads) {
    requirePositive("threads", threads);
    Settings s = settings;
    return with(
        new Settings(s.store, s.batchSize, threads, s.maxFailures, s.partitions, s.withoutBlank));
  }

  /**
   * The same, which leaves out as many tiles of each shard as fail, up to so many; 0. Where more
   * do, the task fails, Spark tries it again elsewhere ({@code spark.task.maxFailures} times in
   * all), and then the job fails.
   */
  public EmbedJob withMaxFailures(int tilesOfAShard) {
    if (tilesOfAShard < 0) {
      throw new IllegalArgumentException("tilesOfAShard must not be negative: " + tilesOfAShard);
    }
    Settings s = settings;
    return with(
        new Settings(s.store, s.batchSize, s.readers, tilesOfAShard, s.partitions, s.withoutBlank));
  }

  /** The same, with so many tasks at the most; 10,000. There is one for each shard up to that. */
  public EmbedJob withPartitions(int most) {
    requirePositive("most", most);
    Settings s = settings;
    return with(new Settings(s.store, s.batchSize, s.readers, s.maxFailures, most, s.withoutBlank));
  }

  /**
   * The same, without embeddings of crops that show nothing: {@link
   * io.earthembed.pipeline.EmbeddingPipeline#withoutBlankCrops}.
   */
  public EmbedJob withoutBlankCrops() {
    Settings s = settings;
    return with(new Settings(s.store, s.batchSize, s.readers, s.maxFailures, s.partitions, true));
  }

  /** The same, telling a listener of the driver how many tiles are done whenever a task ends. */
  public EmbedJob withProgress(ProgressListener listener) {
    return new EmbedJob(model, crops, folder, settings, listener);
  }

  private EmbedJob with(Settings other) {
    return new EmbedJob(model, crops, folder, other, progress);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) throw new IllegalArgumentException(name + " must be positive: " + value);
  }

  /**
   * Embeds the tiles of a table. Returns when all is written.
   *
   * @param tiles as {@link TileTable} says; computed once
   * @return what was done
   * @throws IllegalArgumentException if the table lacks a column
   */
  public Report run(Dataset<Row> tiles) {
    long start = System.nanoTime();
    SparkSession spark = tiles.sparkSession();
    SparkContext context = spark.sparkContext();
    EmbedTask.Counts counts =
        new EmbedTask.Counts(
            context.longAccumulator("tiles embedded"),
            context.longAccumulator("tiles there already"),
            context.longAccumulator("tiles failed"),
            context.longAccumulator("blank crops"),
            context.longAccumulator("shards"),
            context.longAccumulator("requests"),
            context.longAccumulator("bytes read"));
    List<String> parts = GridRowSink.partsWithTiles(folder);
    List<Path> incomplete = GridRowSink.incomplete(folder);
    JavaRDD<Row> known = TileTable.in(tiles).javaRDD().persist(StorageLevel.MEMORY_AND_DISK());
    Map<String, Long> shards = known.map(row -> key(row).shard()).countByValue();
    long total = shards.values().stream().mapToLong(Long::longValue).sum();
    EmbedTask task =
        new EmbedTask(
            UUID.randomUUID().toString(),
            model,
            crops,
            folder.toString(),
            settings.store,
            settings.batchSize,
            settings.readers,
            settings.maxFailures,
            settings.withoutBlank,
            begun(shards.keySet(), parts),
            counts);
    Watch watch = new Watch(counts, total);
    context.addSparkListener(watch);
    try {
      ListedTile.find(known, parts, folder.resolve(GridRowSink.PARTS).toString())
          .repartitionAndSortWithinPartitions(
              new ShardPartitioner(shards.keySet(), settings.partitions))
          .foreachPartition(task::run);
    } finally {
      context.removeSparkListener(watch);
      known.unpersist(false);
    }
    GridRowSink.removeIncomplete(folder, incomplete);
    watch.tell();
    return new Report(
        counts.embedded().value(),
        counts.resumed().value(),
        counts.failed().value(),
        counts.shards().value(),
        counts.requests().value(),
        counts.bytesRead().value(),
        counts.blank().value(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** The shards that parts were made from. */
  private static Set<String> begun(Set<String> shards, List<String> parts) {
    NavigableSet<String> sorted = new TreeSet<>(parts);
    Set<String> begun = new HashSet<>();
    for (String shard : shards) {
      String next = sorted.ceiling(EmbedTask.partName(shard));
      if (next != null && EmbedTask.isOf(shard, next)) begun.add(shard);
    }
    return begun;
  }

  /** Where a row's tile is, which partitions are made by. */
  static ShardPartitioner.Key key(Row row) {
    int shard = row.fieldIndex("parquet_url");
    int group = row.fieldIndex("parquet_row");
    TileTable.requireValue(row, shard);
    TileTable.requireValue(row, group);
    return new ShardPartitioner.Key(row.getString(shard), row.getInt(group));
  }

  /**
   * The tiles that the parts in this job's folder lack: {@code tile}, {@code source}, {@code
   * reason}. To try them again, remove their parts' files from {@code _parts} and run the job
   * again.
   */
  public Dataset<Row> failures(SparkSession spark) {
    // Not by Spark, whose paths are patterns: a folder's name may have brackets or blanks.
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve(GridRowSink.PARTS))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".failed.jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": its failures cannot be listed: " + e, e);
    }
    return spark.read().schema(FAILURE).json(spark.createDataset(lines, Encoders.STRING()));
  }

  /** Tells the listener; from Spark's thread, and from the caller's at the end. */
  private final class Watch extends SparkListener {
    private final EmbedTask.Counts counts;
    private final long total;

    Watch(EmbedTask.Counts counts, long total) {
      this.counts = counts;
      this.total = total;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      tell();
    }

    synchronized void tell() {
      progress.update("embed", counts.tiles(), total);
    }
  }

  /**
   * What a job did, out of Spark's accumulators; of tasks that were tried again, the last try.
   *
   * @param embedded tiles encoded and written
   * @param resumed tiles that were there already, in whatever part, that a lost executor had
   *     written, or that another row of the table has
   * @param failed tiles left out now
   * @param shards how many
   * @param requests sent for them
   * @param bytesRead from them
   * @param blank crops that show nothing, embedded or left out
   * @param elapsed how long it took
   */
  public record Report(
      long embedded,
      long resumed,
      long failed,
      long shards,
      long requests,
      long bytesRead,
      long blank,
      Duration elapsed) {}
}
