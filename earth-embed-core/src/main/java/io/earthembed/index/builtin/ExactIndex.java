package io.earthembed.index.builtin;

import io.earthembed.base.thread.Lifetime;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.PersistentIndex;
import io.earthembed.internal.Checks;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Compares a query with every vector, in pure Java. It is the reference for tests of all other
 * indexes, and the fallback if no native library loads.
 *
 * <p>The vectors lie on the Java heap ({@code -Xmx}). A search reads all of them, once for up to 64
 * queries, on as many threads as {@link #setThreads} allows and are idle. Scores are sums in double
 * precision, rounded to float at the end. They are equal to the last bit for every number of
 * threads and queries, and on every JVM: a JVM that runs with {@code --add-modules
 * jdk.incubator.vector} computes them with the Vector API, in the same order. If its thread is
 * interrupted, a search of more than some hundred thousand components ends with an {@link
 * EarthEmbedException} and keeps the thread's interrupted state.
 *
 * <p>Safe for many threads: searches run concurrently; {@link #add} and {@link #close} wait for
 * them and exclude them.
 */
public final class ExactIndex implements MutableIndex, PersistentIndex {
  /** The metric for L2-normalised embeddings, for which it is the cosine. */
  public static final Metric DEFAULT_METRIC = Metric.INNER_PRODUCT;

  private static volatile int threads = Runtime.getRuntime().availableProcessors();

  private final int dimension;
  private final Metric metric;
  private final StoredRows rows;
  private final Lifetime lifetime;
  private volatile IndexLabel label = IndexLabel.NONE;

  /**
   * Creates an empty index.
   *
   * @param dimension length of a vector, in [1, {@link Vectors#MAX_DIMENSION}]
   * @param metric how scores are computed
   */
  public ExactIndex(int dimension, Metric metric) {
    Vectors.requireDimension(dimension);
    this.dimension = dimension;
    this.metric = Objects.requireNonNull(metric, "metric");
    this.rows = new StoredRows(dimension);
    this.lifetime = Lifetime.of("the index", rows::clear);
  }

  /**
   * Creates an index from the contents of a file.
   *
   * @param arrays stored vectors, whole ones in each array, of length 1 if the metric is the cosine
   */
  ExactIndex(int dimension, Metric metric, IndexLabel label, List<float[]> arrays) {
    this(dimension, metric);
    this.label = label;
    rows.add(arrays);
  }

  /**
   * Sets how many threads one search may use (default: all processors). It takes only threads that
   * are idle, so searches that run at the same time share the processors.
   *
   * @param count 1 or more
   */
  public static void setThreads(int count) {
    Checks.positive("count", count);
    threads = count;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public long size() {
    try (Lifetime.Scope open = lifetime.use()) {
      return rows.size();
    }
  }

  @Override
  public void add(Vectors vectors) {
    requireDimension("vectors", vectors.dimension());
    vectors.requireComparable("vectors");
    List<float[]> copy = StoredRows.copyOf(vectors);
    if (metric == Metric.COSINE) copy.forEach(this::normalize);
    try (Lifetime.Scope alone = lifetime.change()) {
      rows.add(copy);
    }
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    requireDimension("queries", queries.dimension());
    Checks.positive("k", k);
    queries.requireComparable("queries");
    List<double[]> prepared = new ArrayList<>();
    for (long q = 0; q < queries.rows(); q++) prepared.add(prepared(queries.row(q)));
    try (Lifetime.Scope open = lifetime.use()) {
      return scan(filter).search(prepared, k);
    }
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Vectors.requireComparable("query", query);
    double[] prepared = prepared(query);
    try (Lifetime.Scope open = lifetime.use()) {
      return scan(filter).searchAbove(prepared, minScore);
    }
  }

  /** Divides each row by its length, as {@link Vectors#normalize} does. */
  private void normalize(float[] values) {
    for (int from = 0; from < values.length; from += dimension) {
      double sum = 0;
      for (int j = from; j < from + dimension; j++) sum += (double) values[j] * values[j];
      if (sum == 0) continue;
      double scale = 1 / Math.sqrt(sum);
      for (int j = from; j < from + dimension; j++) values[j] = (float) (values[j] * scale);
    }
  }

  private ExactScan scan(OrdinalSet filter) {
    return new ExactScan(rows, metric == Metric.L2, filter, ScoreKernel.BEST, threads);
  }

  /** Returns a query in double precision, of length 1 if the metric is the cosine. */
  private double[] prepared(float[] query) {
    float[] values = query.clone();
    if (metric == Metric.COSINE) normalize(values);
    double[] doubles = new double[values.length];
    for (int j = 0; j < values.length; j++) doubles[j] = values[j];
    return doubles;
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    requireDimension("into", into.length);
    try (Lifetime.Scope open = lifetime.use()) {
      rows.copy(Objects.checkIndex(ordinal, rows.size()), into);
    }
  }

  @Override
  public IndexLabel label() {
    return label;
  }

  @Override
  public void label(IndexLabel what) {
    label = Objects.requireNonNull(what, "what");
  }

  /**
   * Reads an index that {@link #save} wrote.
   *
   * @throws CorruptDataException if the file is not one, or is damaged
   * @throws EarthEmbedException if it cannot be read, or the heap is too small
   */
  public static ExactIndex load(Path file) {
    return ExactIndexFile.read(file);
  }

  @Override
  public void save(Path file) {
    try (Lifetime.Scope open = lifetime.use()) {
      ExactIndexFile.write(file, dimension, metric, label, rows);
    }
  }

  @Override
  public void close() {
    lifetime.close();
  }

  private void requireDimension(String name, int actual) {
    if (actual != dimension) {
      throw new IllegalArgumentException(
          name + " has dimension " + actual + ", the index " + dimension);
    }
  }

  @Override
  public String toString() {
    return "ExactIndex[" + metric + ", " + dimension + "-d]";
  }
}
