package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.geo.GridCell;
import io.earthembed.internal.Addresses;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Makes the embeddings of a table of tiles on all executors. The rows equal those of {@link
 * io.earthembed.pipeline.EmbeddingPipeline} on one machine.
 *
 * <p>One task processes all tiles of a shard in order, so that each shard is opened once. Each
 * executor loads the model once. The result is a folder of GeoParquet, {@code
 * grid_row=R/PART.parquet}, on a file system that all machines and the driver see under one path,
 * or behind one of Hadoop's file systems, such as S3A. {@code GeoParquetDataset.open} opens it, and
 * {@code spark.read().parquet} reads it.
 *
 * <p>A part holds the embeddings of one shard's tiles. Each of its files appears complete or not at
 * all; the part counts when its list in {@code _parts}, which is written last, names all of them. A
 * retried task, a concurrent second attempt and a restarted job over equal tiles skip complete
 * parts and write the others under equal names. No row is lost or repeated.
 *
 * <p>If the table has grown, or its shards have moved, a job adds only the tiles that the folder
 * lacks. It skips tiles whose ids are in the folder's parts, regardless of their source, and rows
 * that repeat an id. Parts of another model or of other crops are refused. A successful job removes
 * the incomplete parts of a killed one. Only one job at a time may work in a folder.
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
  private final URI folder;
  private final Values settings;

  private static final class Values extends Settings<Values> {
    StoreOptions store = StoreOptions.defaults();
    int batchSize = 64;
    int readers = 64;
    int maxFailures;
    int maxFailedShards;
    int maxRequestsPerHost;
    @Nullable String where;
    int partitions = 10_000;
    int maxFiles = 1_000_000;
    boolean skipBlankCrops;
    ProgressListener progress = ProgressListener.NONE;
  }

  private EmbedJob(ModelSource model, Crops crops, URI folder, Values settings) {
    this.model = model;
    this.crops = crops;
    this.folder = folder;
    this.settings = settings;
  }

  /**
   * Returns a job with the defaults.
   *
   * @param model loads the model that encodes the crops, on each executor
   * @param crops squares to cut from a tile
   * @param folder of the result, created if it does not exist, visible to every machine under this
   *     path
   */
  public static EmbedJob of(ModelSource model, Crops crops, Path folder) {
    return builder(model, crops, folder).build();
  }

  /** Returns a builder of a job as {@link #of} returns. */
  public static Builder builder(ModelSource model, Crops crops, Path folder) {
    return builder(model, crops, folder.toAbsolutePath().toUri());
  }

  /**
   * Returns a builder of a job with the defaults.
   *
   * @param model loads the model that encodes the crops, on each executor
   * @param crops squares to cut from a tile
   * @param folder of the result: a file URL, or an address of one of Hadoop's file systems, such as
   *     {@code s3a://bucket/embeddings}, which {@code spark.hadoop.*} configures
   */
  public static Builder builder(ModelSource model, Crops crops, URI folder) {
    return new Builder(model, crops, folder, new Values());
  }

  /** Returns a builder of a job with this model, these crops, this folder and these settings. */
  public Builder toBuilder() {
    return new Builder(model, crops, folder, settings.copy());
  }

  /**
   * Embeds all tiles of some shards, and returns when everything is written. Executors list the
   * shards. Those that cannot be listed count as failed, see {@link Builder#maxFailedShards}.
   *
   * @param shards http, https or file URLs; files need the same path on every machine
   * @return a summary of the job
   * @throws EarthEmbedException if more shards failed than may; the parts of the others remain
   */
  public Report run(SparkSession spark, List<URI> shards) {
    EmbedJob job = withinLimit(spark);
    ShardList list = ShardList.read(spark, shards, job.settings.store, job.settings.partitions);
    try {
      requireFewFailed(list.failed());
      return job.run(list.tiles(spark), list);
    } finally {
      list.close();
    }
  }

  /**
   * Embeds the tiles of a table and returns when everything is written.
   *
   * @param tiles table in the form of {@link TileTable}; computed once
   * @return a summary of the job
   * @throws IllegalArgumentException if a column is missing
   * @throws EarthEmbedException if more shards or tiles failed than may, or if the driver does not
   *     see all parts
   */
  public Report run(Dataset<Row> tiles) {
    return withinLimit(tiles.sparkSession()).run(tiles, ShardList.NONE);
  }

  /** Returns this job with the tasks and connections that its limit of requests allows. */
  private EmbedJob withinLimit(SparkSession spark) {
    if (settings.maxRequestsPerHost == 0) return this;
    RequestLimit limit = RequestLimit.of(settings.maxRequestsPerHost, spark.sparkContext());
    int connections = Math.min(settings.store.connectionsPerHost(), limit.connections());
    return toBuilder()
        .partitions(Math.min(settings.partitions, limit.tasks()))
        .store(settings.store.toBuilder().connectionsPerHost(connections).build())
        .build();
  }

  private Report run(Dataset<Row> table, ShardList list) {
    try (JobFolder shared = JobFolder.of(folder)) {
      String mark = SharedFolder.mark(shared);
      try {
        return run(table, list, shared, mark);
      } finally {
        shared.delete(mark);
      }
    }
  }

  /**
   * Embeds the tiles of a table.
   *
   * @param mark the file of {@link SharedFolder#mark}
   */
  private Report run(Dataset<Row> table, ShardList list, JobFolder shared, String mark) {
    long start = System.nanoTime();
    Dataset<Row> tiles = settings.where == null ? table : table.where(settings.where);
    SparkContext context = tiles.sparkSession().sparkContext();
    EmbedTask.Counts counts =
        new EmbedTask.Counts(
            context.longAccumulator("tiles embedded"),
            context.longAccumulator("tiles there already"),
            context.longAccumulator("tiles failed"),
            context.longAccumulator("blank crops"),
            context.longAccumulator("values assumed"),
            context.longAccumulator("shards"),
            context.longAccumulator("requests"),
            context.longAccumulator("bytes read"));
    counts.publish(context);
    JavaRDD<Row> known = TileTable.in(tiles).javaRDD().persist(StorageLevel.MEMORY_AND_DISK());
    Map<Tuple2<String, Integer>, Long> files = known.map(EmbedJob::file).countByValue();
    requireFewFiles(files.size());
    Map<String, Long> shards = new HashMap<>();
    files.forEach((file, count) -> shards.merge(file._1(), count, Long::sum));
    long total = shards.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Long> there = shared.lengths();
    JavaRDD<PartTiles> parts = completeParts(context, shared, mark, there, shards.keySet());
    List<String> incomplete = GridRowSink.incomplete(there.keySet());
    EmbedTask task =
        new EmbedTask(
            UUID.randomUUID().toString(),
            model,
            crops,
            folder,
            mark,
            settings.store,
            settings.batchSize,
            settings.readers,
            settings.maxFailures,
            settings.maxFailedShards,
            settings.skipBlankCrops,
            begun(shards.keySet(), GridRowSink.parts(there.keySet())),
            counts);
    Watch watch = new Watch(counts, total);
    context.addSparkListener(watch);
    List<ShardResult> results;
    try {
      results =
          list.addRanges(ListedTile.find(known, parts), shards.keySet())
              .repartitionAndSortWithinPartitions(
                  new ShardPartitioner(shards.keySet(), settings.partitions))
              .mapPartitions(task::run)
              .collect();
    } finally {
      context.removeSparkListener(watch);
      known.unpersist(false);
      parts.unpersist(false);
    }
    requireAllThere(shared, shards, results);
    List<ShardResult> failed = new ArrayList<>(list.failed());
    results.stream().filter(result -> result.failure() != null).forEach(failed::add);
    FailureList.write(
        shared, FailureList.SHARDS, failed.stream().map(FailureList.Failure::of).toList());
    requireFewFailed(failed);
    removeIncomplete(shared, incomplete);
    watch.tell();
    return new Report(
        counts.embedded().value(),
        counts.resumed().value(),
        counts.failed().value(),
        counts.shards().value(),
        failed.size(),
        counts.requests().value() + list.requests(),
        counts.bytesRead().value() + list.bytesRead(),
        counts.blank().value(),
        assumptions(results),
        Duration.ofNanos(System.nanoTime() - start));
  }

  private static Map<String, Long> assumptions(List<ShardResult> results) {
    Map<String, Long> assumptions = new TreeMap<>();
    for (ShardResult result : results) {
      result
          .assumptions()
          .forEach((assumption, crops) -> assumptions.merge(assumption, crops, Long::sum));
    }
    return assumptions;
  }

  /**
   * Returns the lists of the complete parts. A part that has lost a file is made again: its list is
   * removed, here and from the files.
   *
   * @param files all files of the folder
   * @param shards the shards of the table
   * @throws EarthEmbedException if a part has lost a file, and the table does not have its shard
   */
  private JavaRDD<PartTiles> completeParts(
      SparkContext context,
      JobFolder shared,
      String mark,
      Map<String, Long> files,
      Set<String> shards) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(context);
    List<String> parts = List.copyOf(GridRowSink.parts(files.keySet()));
    JavaRDD<PartTiles> lists =
        ListedTile.lists(spark, parts, folder, mark).persist(StorageLevel.MEMORY_AND_DISK());
    if (parts.isEmpty()) return lists;
    Set<String> damaged = new HashSet<>();
    for (PartTiles part : lists.map(PartTiles::withoutTiles).collect()) {
      for (Map.Entry<String, Long> file : part.files().entrySet()) {
        if (file.getValue().equals(files.get(file.getKey()))) continue;
        if (shards.stream().noneMatch(shard -> EmbedTask.isOf(shard, part.part()))) {
          throw new EarthEmbedException(
              shared
                  + "/"
                  + file.getKey()
                  + " is lost or cut: embed its shard again, which the table lacks, or remove "
                  + PartTiles.file(part.part())
                  + " and the part's other files");
        }
        damaged.add(part.part());
      }
    }
    if (damaged.isEmpty()) return lists;
    lists.unpersist(false);
    for (String part : damaged) {
      shared.delete(PartTiles.file(part));
      files.remove(PartTiles.file(part));
    }
    return completeParts(context, shared, mark, files, shards);
  }

  /** Fails if the driver does not see what the executors wrote, or has no word of some tiles. */
  private void requireAllThere(
      JobFolder shared, Map<String, Long> shards, List<ShardResult> results) {
    Map<String, Long> told = new HashMap<>();
    Set<String> parts = new HashSet<>();
    Map<String, Long> files = new HashMap<>();
    for (ShardResult result : results) {
      told.put(result.shard(), result.tiles());
      parts.addAll(result.parts().keySet());
      result.parts().values().forEach(files::putAll);
    }
    for (Map.Entry<String, Long> shard : shards.entrySet()) {
      long tiles = told.getOrDefault(shard.getKey(), 0L);
      if (tiles != shard.getValue()) {
        throw new EarthEmbedException(
            Addresses.redacted(shard.getKey())
                + ": executors processed "
                + tiles
                + " of "
                + shard.getValue()
                + " tiles; run the job again");
      }
    }
    SharedFolder.await(shared, parts, files, Duration.ofMinutes(1));
  }

  /**
   * Removes files of parts that were incomplete when the job began. Other parts hold their tiles
   * now, unless the job has completed them.
   */
  private static void removeIncomplete(JobFolder shared, List<String> files) {
    if (files.isEmpty()) return;
    Set<String> now = shared.files().keySet();
    for (String file : GridRowSink.incomplete(now)) if (files.contains(file)) shared.delete(file);
  }

  private void requireFewFiles(int files) {
    if (files <= settings.maxFiles) return;
    throw new EarthEmbedException(
        "the result would have "
            + files
            + " files, one per shard and grid row, and no more than "
            + settings.maxFiles
            + " may be: sort the tiles by grid_cell into shards");
  }

  private void requireFewFailed(List<ShardResult> failed) {
    if (failed.size() <= settings.maxFailedShards) return;
    ShardResult one = failed.get(0);
    throw new EarthEmbedException(
        failed.size()
            + (failed.size() == 1 ? " shard" : " shards")
            + " failed, and no more than "
            + settings.maxFailedShards
            + " may; one is "
            + Addresses.redacted(one.shard())
            + ": "
            + one.failure());
  }

  /** Returns the shards that have parts. */
  private static Set<String> begun(Set<String> shards, Set<String> parts) {
    NavigableSet<String> sorted = new TreeSet<>(parts);
    Set<String> begun = new HashSet<>();
    for (String shard : shards) {
      String next = sorted.ceiling(EmbedTask.partName(shard));
      if (next != null && EmbedTask.isOf(shard, next)) begun.add(shard);
    }
    return begun;
  }

  /** Returns the shard and the grid row of a row's tile, which share a file of the result. */
  private static Tuple2<String, Integer> file(Row row) {
    int cell = row.fieldIndex("grid_cell");
    TileTable.requireValue(row, cell);
    return new Tuple2<>(key(row).shard(), GridCell.parse(row.getString(cell)).row());
  }

  /** Returns the key of a row's tile, which decides its partition. */
  static ShardPartitioner.Key key(Row row) {
    int shard = row.fieldIndex("parquet_url");
    int group = row.fieldIndex("parquet_row");
    TileTable.requireValue(row, shard);
    TileTable.requireValue(row, group);
    return new ShardPartitioner.Key(row.getString(shard), row.getInt(group));
  }

  /**
   * Returns the tiles that the complete parts in this job's folder lack, and the shards that failed
   * in its last run: {@code tile} (null for a shard), {@code source}, {@code reason}. To retry such
   * tiles, remove their parts' files from {@code _parts} and run the job again; a run retries
   * failed shards anyway.
   */
  public Dataset<Row> failures(SparkSession spark) {
    // Spark does not list the files, because its paths are patterns and a folder's name may contain
    // brackets or blanks.
    List<String> lines = new ArrayList<>();
    try (JobFolder shared = JobFolder.of(folder)) {
      Set<String> names = Set.copyOf(shared.names(PartTiles.FOLDER));
      // The file of a part that was given up says nothing of what the folder lacks.
      for (String part :
          GridRowSink.parts(names.stream().map(n -> PartTiles.FOLDER + n).toList())) {
        String file = FailureList.ofPart(part);
        if (names.contains(file.substring(PartTiles.FOLDER.length()))) {
          lines.addAll(FailureList.lines(shared, file));
        }
      }
      lines.addAll(FailureList.lines(shared, FailureList.SHARDS));
    }
    return spark.read().schema(FAILURE).json(spark.createDataset(lines, Encoders.STRING()));
  }

  /** Updates the listener, from Spark's thread and finally from the caller's. */
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
      settings.progress.update("embed", counts.tiles(), total);
    }
  }

  /**
   * The summary of a job from Spark's accumulators. A retried task counts with its last attempt.
   *
   * @param embedded tiles encoded and written
   * @param resumed tiles that any part already held, that a lost executor had written, or that
   *     repeat another row
   * @param failed tiles that failed in this job
   * @param shards number of shards
   * @param failedShards shards that could not be listed or read in this job
   * @param requests requests sent for the shards
   * @param bytesRead bytes read from the shards
   * @param blank blank crops, embedded or skipped
   * @param assumptions what the encoder assumed of crops because it is unknown ({@link
   *     io.earthembed.encoder.Encoder#assumptions}), and the number of crops of this job
   * @param elapsed duration of the job
   */
  public record Report(
      long embedded,
      long resumed,
      long failed,
      long shards,
      long failedShards,
      long requests,
      long bytesRead,
      long blank,
      Map<String, Long> assumptions,
      Duration elapsed) {
    /** Copies its argument. */
    public Report {
      assumptions = Map.copyOf(assumptions);
    }
  }

  /** Builds jobs. Not safe for several threads at once. */
  public static final class Builder {
    private final ModelSource model;
    private final Crops crops;
    private final URI folder;
    private final Values values;

    private Builder(ModelSource model, Crops crops, URI folder, Values values) {
      this.model = model;
      this.crops = crops;
      this.folder = folder;
      this.values = values;
    }

    /** Sets the options for reading shards (default {@link StoreOptions#defaults}). */
    public Builder store(StoreOptions options) {
      values.store = Objects.requireNonNull(options, "options");
      return this;
    }

    /** Sets the number of crops in a batch, at least 1 (default 64). */
    public Builder batchSize(int count) {
      Checks.positive("batchSize", count);
      values.batchSize = count;
      return this;
    }

    /** Sets the number of threads per task that read and decode tiles, at least 1 (default 64). */
    public Builder readers(int threads) {
      Checks.positive("readers", threads);
      values.readers = threads;
      return this;
    }

    /**
     * Sets how many tiles of a shard may fail, 0 or more (default 0). If more fail, the task fails
     * and Spark retries it elsewhere, up to {@code spark.task.maxFailures} times in all; then the
     * job fails.
     */
    public Builder maxFailures(int tilesOfAShard) {
      Checks.notNegative("maxFailures", tilesOfAShard);
      values.maxFailures = tilesOfAShard;
      return this;
    }

    /**
     * Sets how many shards may fail as a whole, 0 or more (default 0): those that cannot be listed,
     * and those of which more than {@link #maxFailures} tiles fail in a retried task. The job
     * embeds all other shards before it fails if more shards failed.
     */
    public Builder maxFailedShards(int shards) {
      Checks.notNegative("maxFailedShards", shards);
      values.maxFailedShards = shards;
      return this;
    }

    /**
     * Sets a condition in SQL that tiles must meet (default none).
     *
     * @param condition such as {@code cloud_cover < 10}
     */
    public Builder where(String condition) {
      values.where = Objects.requireNonNull(condition, "condition");
      return this;
    }

    /**
     * Sets the largest number of tasks, at least 1 (default 10,000). Up to that number there is one
     * task per shard.
     */
    public Builder partitions(int most) {
      Checks.positive("partitions", most);
      values.partitions = most;
      return this;
    }

    /**
     * Sets the largest number of files of the result, at least 1 (default 1,000,000). There is one
     * per shard and grid row of the table; a job that needs more fails before it reads a tile.
     */
    public Builder maxFiles(int most) {
      Checks.positive("maxFiles", most);
      values.maxFiles = most;
      return this;
    }

    /**
     * Sets the largest number of requests of the whole job to one server at once, at least 1
     * (default: {@link StoreOptions.Builder#connectionsPerHost} for each task). The job has as many
     * tasks as run at once when it starts, and they share the requests; executors that join later
     * add none. With {@code spark.speculation} each task has half of its share, because it may run
     * twice.
     */
    public Builder maxRequestsPerHost(int requests) {
      Checks.positive("maxRequestsPerHost", requests);
      values.maxRequestsPerHost = requests;
      return this;
    }

    /**
     * Sets whether to skip blank crops (default false). See {@link
     * io.earthembed.pipeline.EmbeddingPipeline.Builder#skipBlankCrops}.
     */
    public Builder skipBlankCrops(boolean skip) {
      values.skipBlankCrops = skip;
      return this;
    }

    /**
     * Sets a listener on the driver that receives the number of finished tiles whenever a task ends
     * (default none).
     */
    public Builder progress(ProgressListener listener) {
      values.progress = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /** Returns the job. */
    public EmbedJob build() {
      return new EmbedJob(model, crops, folder, values.copy());
    }
  }
}
