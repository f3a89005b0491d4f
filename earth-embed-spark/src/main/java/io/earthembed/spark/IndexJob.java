package io.earthembed.spark;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.base.file.Sha256;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.faiss.MappedFaissIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.internal.Addresses;
import io.earthembed.internal.Checks;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Makes a FAISS index of an embedding dataset on all executors. The driver trains the index on a
 * sample, the executors assign and encode their shares of the vectors, and the driver merges the
 * shares. The result is a folder on a file system that all machines see under one path, or behind
 * one of Hadoop's file systems. It holds the catalog in {@code catalog.bin}, and either {@code
 * index.faiss}, one file that {@code FaissIndex.open} maps, or {@code index.manifest} with one file
 * per share, which {@code ShardedIndex.load} searches as one index. Ordinals are the rows of {@code
 * GeoParquetDataset.open(dataset)}, so both forms find the results of an index that was filled at
 * once.
 *
 * <p>A job that fails or is killed leaves its shares, and the next one over the same files makes
 * only the others. It also takes the trained index, unless the caller trained it.
 *
 * <p>Immutable, and safe for many threads if their targets differ.
 */
public final class IndexJob {
  static final String MERGED = "index.faiss";
  static final String MANIFEST = "index.manifest";
  static final String CATALOG = "catalog.bin";

  private static final int DEFAULT_SAMPLE = 100_000;

  /** Matches the files of a job that is not done, and the shares of an earlier result. */
  private static final Pattern WORK =
      Pattern.compile("_trained-[0-9a-f-]+\\.index|shard-[0-9a-f]{16}-\\d{5}\\.index");

  private final URI dataset;
  private final URI target;
  private final Kind kind;
  private final int sample;
  private final int parts;
  private final boolean sharded;

  /**
   * A kind of index.
   *
   * @param name equal for equal kinds; empty if that is not known
   * @param trainer makes the empty index from a sample and the number of rows
   */
  private record Kind(String name, BiFunction<Vectors, Long, FaissIndex> trainer) {
    static final Kind USUAL = new Kind("usual", IndexJob::usual);
  }

  private IndexJob(URI dataset, URI target, Kind kind, int sample, int parts, boolean sharded) {
    this.dataset = dataset;
    this.target = target;
    this.kind = kind;
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
    return of(dataset.toAbsolutePath().toUri(), target.toAbsolutePath().toUri());
  }

  /**
   * Returns a job as {@link #of(Path, Path)} does, for folders at any address.
   *
   * @param dataset a file URL, or an address of one of Hadoop's file systems
   * @param target likewise; the driver and the executors make the files on their local disks first
   */
  public static IndexJob of(URI dataset, URI target) {
    return new IndexJob(dataset, target, Kind.USUAL, DEFAULT_SAMPLE, 0, false);
  }

  /**
   * Sets the kind of the index, for inner products (default: an inverted file of whole vectors).
   *
   * @param spec for example {@code FaissSpec.ivf(4096).withProductCodes(64)}
   */
  public IndexJob trainedBy(FaissSpec spec) {
    Kind other =
        new Kind(
            spec + " " + spec.effort(),
            (vectors, rows) -> FaissIndex.trained(vectors, Metric.INNER_PRODUCT, spec));
    return new IndexJob(dataset, target, other, sample, parts, sharded);
  }

  /**
   * Sets the kind of the index (default: an inverted file of whole vectors).
   *
   * @param other makes a trained, empty index from a sample, on the driver; for example {@code v ->
   *     FaissIndex.trained(v, Metric.L2, FaissSpec.ivf(4096))}. A job that resumes calls it again,
   *     and takes earlier shares if the result has equal bytes
   */
  public IndexJob trainedBy(Function<Vectors, FaissIndex> other) {
    Kind own = new Kind("", (vectors, rows) -> other.apply(vectors));
    return new IndexJob(dataset, target, own, sample, parts, sharded);
  }

  /** Sets the number of vectors to train on (default 100,000). The driver holds them in memory. */
  public IndexJob withSample(int vectors) {
    Checks.positive("vectors", vectors);
    return new IndexJob(dataset, target, kind, vectors, parts, sharded);
  }

  /**
   * Sets the largest number of shares, each made by one task (default: as many as tasks run at
   * once).
   */
  public IndexJob withParts(int most) {
    Checks.positive("most", most);
    return new IndexJob(dataset, target, kind, sample, most, sharded);
  }

  /**
   * Keeps the shares as separate files, so that the driver need not hold the whole index (default:
   * one file).
   */
  public IndexJob sharded() {
    return new IndexJob(dataset, target, kind, sample, parts, true);
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
   * @throws EarthEmbedException if the dataset cannot be read, or a file cannot be written; an
   *     earlier index in the target then remains
   */
  public Report run(SparkSession spark) {
    try (JobFolder folder = JobFolder.of(target)) {
      return run(JavaSparkContext.fromSparkContext(spark.sparkContext()), folder);
    }
  }

  private Report run(JavaSparkContext context, JobFolder folder) {
    long start = System.nanoTime();
    Map<URI, JobFolder.Listed> versions = DatasetFiles.of(dataset);
    List<URI> files = List.copyOf(versions.keySet());
    GeoParquetDataset whole = GeoParquetDataset.open(files, null);
    TileCatalog catalog = whole.catalog();
    if (catalog.size() == 0) throw new EarthEmbedException(shown() + " holds no embedding");
    IndexLabel model = new IndexLabel(whole.model().nameAndVersion(), DatasetFiles.name(dataset));
    IndexLabel label = new IndexLabel(model.model(), model.dataset(), catalog.fingerprint());
    // Equal for equal work: files, origin and ids, and what the sample depends on.
    String work = versions + " " + whole.origin() + " " + label + " " + sample;
    String trained = train(context, folder, files, work, whole, model);
    int slots = parts > 0 ? parts : context.defaultParallelism();
    List<IndexTask> tasks = tasks(files, Math.min(slots, files.size()), trained);
    Set<String> there = Set.copyOf(folder.names(""));
    List<IndexTask> lacking = tasks.stream().filter(t -> !there.contains(t.target())).toList();
    if (!lacking.isEmpty()) {
      context.parallelize(lacking, lacking.size()).foreach(IndexTask::fill);
    }
    List<String> shares = tasks.stream().map(IndexTask::target).toList();
    try (AtomicFile meaning = AtomicFile.create(folder.staging().resolve(CATALOG))) {
      catalog.save(meaning.path());
      if (sharded) {
        requireAll(folder, shares, catalog);
        join(folder, shares, label);
      } else {
        merge(folder, trained, shares, catalog, label);
      }
      meaning.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be written: " + e, e);
    }
    folder.publish(CATALOG);
    folder.delete(sharded ? MERGED : MANIFEST);
    for (String file : folder.names("")) {
      if (WORK.matcher(file).matches() && !(sharded && shares.contains(file))) folder.delete(file);
    }
    return new Report(catalog.size(), tasks.size(), Duration.ofNanos(System.nanoTime() - start));
  }

  private String shown() {
    return Addresses.redacted(dataset);
  }

  /**
   * Returns shares of consecutive files, so that the order of the shares is that of the rows. The
   * name of a share depends on its files and on the trained index.
   */
  private List<IndexTask> tasks(List<URI> files, int count, String trained) {
    List<IndexTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) i * files.size() / count);
      int to = (int) ((long) (i + 1) * files.size() / count);
      List<URI> some = List.copyOf(files.subList(from, to));
      String name =
          String.format(Locale.ROOT, "shard-%s-%05d.index", digest(trained + " " + some), i);
      tasks.add(new IndexTask(some, target, trained, name));
    }
    return tasks;
  }

  private static String digest(String text) {
    return Sha256.of(text).substring(0, 16);
  }

  /** Returns the name of the trained index in the folder: an earlier job's, or a new one. */
  private String train(
      JavaSparkContext context,
      JobFolder folder,
      List<URI> files,
      String work,
      GeoParquetDataset whole,
      IndexLabel label) {
    String known = "_trained-" + digest(work + " " + kind.name()) + ".index";
    if (!kind.name().isEmpty() && folder.exists(known)) return known;
    long rows = whole.catalog().size();
    double share = Math.min(1, (double) sample / rows);
    int slices = Math.min(files.size(), 4 * context.defaultParallelism());
    List<float[]> chosen =
        context.parallelize(files, slices).flatMap(f -> IndexTask.sample(f, share)).collect();
    Vectors vectors = Vectors.allocate(chosen.size(), whole.model().dimension());
    for (int i = 0; i < chosen.size(); i++) vectors.set(i, chosen.get(i));
    try (FaissIndex index = kind.trainer().apply(vectors, rows)) {
      index.label(label); // each share holds some of the rows
      Path made = folder.staging();
      Files.createDirectories(made);
      Path file = made.resolve("_trained-" + UUID.randomUUID() + ".index");
      index.save(file);
      // An index that the caller trained is known by its bytes only.
      String name =
          kind.name().isEmpty()
              ? "_trained-" + digest(work + " " + Sha256.of(file)) + ".index"
              : known;
      Files.move(file, made.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      folder.publish(name);
      return name;
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be written: " + e, e);
    }
  }

  /** Fails if the shares do not hold all rows, before anything is replaced. */
  private void requireAll(JobFolder folder, List<String> shares, TileCatalog catalog) {
    long size = 0;
    for (String share : shares) {
      try (MappedFaissIndex part = FaissIndex.open(folder.fetch(share))) {
        size += part.size();
      }
    }
    requireAll(folder, shares, size, catalog);
  }

  private void requireAll(JobFolder folder, List<String> shares, long size, TileCatalog catalog) {
    if (size == catalog.size()) return;
    shares.forEach(folder::delete);
    throw new EarthEmbedException(
        shown() + " holds " + size + " vectors of " + catalog.size() + ": files changed");
  }

  /** Writes the manifest of the shares, which remain. */
  private static void join(JobFolder folder, List<String> shares, IndexLabel label) {
    Path made = folder.staging();
    if (folder.exists(MANIFEST)) folder.fetch(MANIFEST);
    ShardedIndex.create(
            made.resolve(MANIFEST),
            shares.stream().map(made::resolve).toList(),
            label,
            FaissIndex::open)
        .close();
    folder.publish(MANIFEST);
  }

  private void merge(
      JobFolder folder,
      String trained,
      List<String> shares,
      TileCatalog catalog,
      IndexLabel label) {
    try (FaissIndex all = FaissIndex.load(folder.fetch(trained))) {
      for (String share : shares) {
        try (FaissIndex part = FaissIndex.load(folder.fetch(share))) {
          all.mergeFrom(part);
        }
      }
      requireAll(folder, shares, all.size(), catalog);
      all.label(label);
      all.save(folder.staging().resolve(MERGED));
      folder.publish(MERGED);
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
