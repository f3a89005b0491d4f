package io.earthembed.spark;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.internal.Checks;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Makes a FAISS index of an embedding dataset on all executors. The driver trains the index on a
 * sample, the executors assign and encode their shares of the vectors, and the driver merges the
 * shares. The result is a folder on a file system that all machines see under one path. It holds
 * the catalog in {@code catalog.bin}, and either {@code index.faiss}, one file that {@code
 * FaissIndex.open} maps, or {@code index.manifest} with one file per share, which {@code
 * ShardedIndex.load} searches as one index. Ordinals are the rows of {@code
 * GeoParquetDataset.open(dataset)}, so both forms find the results of an index that was filled at
 * once.
 *
 * <p>Immutable, and safe for many threads if their targets differ.
 */
public final class IndexJob {
  static final String MERGED = "index.faiss";
  static final String MANIFEST = "index.manifest";
  static final String CATALOG = "catalog.bin";

  private static final int DEFAULT_SAMPLE = 100_000;

  private final Path dataset;
  private final Path target;
  private final BiFunction<Vectors, Long, FaissIndex> trainer;
  private final int sample;
  private final int parts;
  private final boolean sharded;

  private IndexJob(
      Path dataset,
      Path target,
      BiFunction<Vectors, Long, FaissIndex> trainer,
      int sample,
      int parts,
      boolean sharded) {
    this.dataset = dataset;
    this.target = target;
    this.trainer = trainer;
    this.sample = sample;
    this.parts = parts;
    this.sharded = sharded;
  }

  /**
   * Returns a job that makes one file: an inverted file of whole vectors for inner products. It has
   * about 4 sqrt(n) cells for n vectors, as FAISS advises, but at most one cell per 39 vectors of
   * the sample.
   *
   * @param dataset a GeoParquet file or a folder of them, such as {@link EmbedJob} makes; the
   *     dataset must name its model
   * @param target folder of the result, created if it does not exist
   */
  public static IndexJob of(Path dataset, Path target) {
    return new IndexJob(
        dataset.toAbsolutePath(),
        target.toAbsolutePath(),
        IndexJob::usual,
        DEFAULT_SAMPLE,
        0,
        false);
  }

  /**
   * Sets the kind of the index (default: an inverted file of whole vectors).
   *
   * @param other makes a trained, empty index from a sample, on the driver; for example {@code v ->
   *     FaissIndex.trained(v, Metric.INNER_PRODUCT, FaissSpec.ivf(4096).withProductCodes(64))}
   */
  public IndexJob trainedBy(Function<Vectors, FaissIndex> other) {
    return new IndexJob(
        dataset, target, (vectors, rows) -> other.apply(vectors), sample, parts, sharded);
  }

  /** Sets the number of vectors to train on (default 100,000). The driver holds them in memory. */
  public IndexJob withSample(int vectors) {
    Checks.positive("vectors", vectors);
    return new IndexJob(dataset, target, trainer, vectors, parts, sharded);
  }

  /**
   * Sets the largest number of shares, each made by one task (default: as many as tasks run at
   * once).
   */
  public IndexJob withParts(int most) {
    Checks.positive("most", most);
    return new IndexJob(dataset, target, trainer, sample, most, sharded);
  }

  /**
   * Keeps the shares as separate files, so that the driver need not hold the whole index (default:
   * one file).
   */
  public IndexJob sharded() {
    return new IndexJob(dataset, target, trainer, sample, parts, true);
  }

  /** Returns the default index: its searches visit one cell in 64, but at least 8. */
  private static FaissIndex usual(Vectors sample, long rows) {
    int nlist = cells(sample.rows(), rows);
    int nprobe = Math.min(nlist, Math.max(8, nlist / 64));
    return FaissIndex.trained(
        sample, Metric.INNER_PRODUCT, FaissSpec.ivf(nlist).withNprobe(nprobe));
  }

  /**
   * Returns the number of cells that FAISS advises for the rows, at most the number that the sample
   * can train: a power of two.
   */
  static int cells(long sample, long rows) {
    return Integer.highestOneBit((int) Math.max(1, Math.min(sample / 39, 4 * Math.sqrt(rows))));
  }

  /**
   * Makes the index.
   *
   * @return a summary of the job
   * @throws EarthEmbedException if the dataset cannot be read, or a file cannot be written; earlier
   *     contents of the target then remain
   */
  public Report run(SparkSession spark) {
    long start = System.nanoTime();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<String> files = new ArrayList<>();
    for (Path file : GeoParquetDataset.files(dataset)) files.add(file.toString());
    GeoParquetDataset whole = GeoParquetDataset.open(dataset);
    TileCatalog catalog = whole.catalog();
    if (catalog.size() == 0) throw new EarthEmbedException(dataset + " holds no embedding");
    IndexLabel model =
        new IndexLabel(whole.model().nameAndVersion(), dataset.getFileName().toString());
    IndexLabel label = new IndexLabel(model.model(), model.dataset(), catalog.fingerprint());
    String run = UUID.randomUUID().toString().substring(0, 8);
    Path trained = target.resolve("_trained-" + run + ".index");
    String copy = trained.toString();
    int slots = parts > 0 ? parts : spark.sparkContext().defaultParallelism();
    List<IndexTask> tasks = tasks(files, Math.min(slots, files.size()), run);
    List<Path> shares = tasks.stream().map(task -> Path.of(task.target())).toList();
    Set<Path> kept = Set.of();
    try {
      Files.createDirectories(target);
      train(context, files, trained, whole, catalog.size(), model);
      long size =
          context.parallelize(tasks, tasks.size()).map(task -> task.fill(copy)).reduce(Long::sum);
      // Checked before anything is replaced, so that an index never lies beside another's catalog.
      if (size != catalog.size()) {
        throw new EarthEmbedException(
            dataset + " holds " + size + " vectors of " + catalog.size() + ": files changed");
      }
      try (AtomicFile meaning = AtomicFile.create(target.resolve(CATALOG))) {
        catalog.save(meaning.path());
        if (sharded) {
          ShardedIndex.create(target.resolve(MANIFEST), shares, label, FaissIndex::open).close();
          kept = Set.copyOf(shares);
        } else {
          merge(trained, shares, label);
        }
        meaning.commit();
      }
      Files.deleteIfExists(target.resolve(sharded ? MERGED : MANIFEST));
      removeShardsBut(kept);
      return new Report(size, tasks.size(), Duration.ofNanos(System.nanoTime() - start));
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    } finally {
      remove(trained);
      // A running task of a failed job may still write its share; the next job removes it.
      if (kept.isEmpty()) shares.forEach(IndexJob::remove);
    }
  }

  /** Returns shares of consecutive files, so that the order of the shares is that of the rows. */
  private List<IndexTask> tasks(List<String> files, int count, String run) {
    List<IndexTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) i * files.size() / count);
      int to = (int) ((long) (i + 1) * files.size() / count);
      String name = String.format(Locale.ROOT, "shard-%s-%05d.index", run, i);
      tasks.add(
          new IndexTask(List.copyOf(files.subList(from, to)), target.resolve(name).toString()));
    }
    return tasks;
  }

  private void train(
      JavaSparkContext context,
      List<String> files,
      Path trained,
      GeoParquetDataset whole,
      long rows,
      IndexLabel label) {
    double share = Math.min(1, (double) sample / rows);
    int slices = Math.min(files.size(), 4 * context.defaultParallelism());
    List<float[]> chosen =
        context.parallelize(files, slices).flatMap(f -> IndexTask.sample(f, share)).collect();
    Vectors vectors = Vectors.allocate(chosen.size(), whole.model().dimension());
    for (int i = 0; i < chosen.size(); i++) vectors.set(i, chosen.get(i));
    try (FaissIndex index = trainer.apply(vectors, rows)) {
      index.label(label); // each share holds some of the rows
      index.save(trained);
    }
  }

  private void merge(Path trained, List<Path> shares, IndexLabel label) {
    try (FaissIndex all = FaissIndex.load(trained)) {
      for (Path share : shares) {
        try (FaissIndex part = FaissIndex.load(share)) {
          all.mergeFrom(part);
        }
      }
      all.label(label);
      all.save(target.resolve(MERGED));
    }
  }

  /** Removes the shares of earlier jobs. */
  private void removeShardsBut(Set<Path> kept) throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      files
          .filter(f -> f.getFileName().toString().matches("shard-[0-9a-f]{8}-\\d{5}\\.index"))
          .filter(f -> !kept.contains(f))
          .forEach(IndexJob::remove);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be removed: " + e, e);
    }
  }

  /**
   * The summary of a job.
   *
   * @param vectors number of vectors in the index
   * @param shares number of shares
   * @param elapsed duration of the job
   */
  public record Report(long vectors, int shares, Duration elapsed) {}
}
