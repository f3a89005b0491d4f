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
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Compares a query with every vector, in pure Java. It is the reference for tests of all other
 * indexes, and the fallback if no native library loads. A search costs O(n d) on the caller's
 * thread. Safe for many threads: searches run concurrently; {@link #add} and {@link #close} wait
 * for them and exclude them.
 */
public final class ExactIndex implements MutableIndex, PersistentIndex {
  /** The metric for L2-normalised embeddings, for which it is the cosine. */
  public static final Metric DEFAULT_METRIC = Metric.INNER_PRODUCT;

  private final int dimension;
  private final Metric metric;
  private final List<Vectors> parts = new ArrayList<>();
  private final Lifetime lifetime = Lifetime.of("the index", parts::clear);
  private long size;
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
  }

  /**
   * Creates an index from the contents of a file.
   *
   * @param parts stored vectors, of length 1 if the metric is the cosine
   */
  ExactIndex(int dimension, Metric metric, IndexLabel label, List<Vectors> parts) {
    this(dimension, metric);
    this.label = label;
    this.parts.addAll(parts);
    for (Vectors part : parts) size += part.rows();
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
      return size;
    }
  }

  @Override
  public void add(Vectors vectors) {
    requireDimension("vectors", vectors.dimension());
    vectors.requireComparable("vectors");
    Vectors copy = Vectors.allocate(vectors.rows(), dimension);
    float[] row = new float[vectors.rows() == 0 ? 0 : dimension];
    for (long i = 0; i < vectors.rows(); i++) {
      vectors.get(i, row);
      copy.set(i, row);
    }
    if (metric == Metric.COSINE) copy.normalize();
    try (Lifetime.Scope alone = lifetime.change()) {
      parts.add(copy);
      size += copy.rows();
    }
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    requireDimension("queries", queries.dimension());
    Checks.positive("k", k);
    queries.requireComparable("queries");
    try (Lifetime.Scope open = lifetime.use()) {
      List<Neighbors> results = new ArrayList<>();
      for (long q = 0; q < queries.rows(); q++) {
        TopK best = new TopK(Math.min(k, Math.min(size, Integer.MAX_VALUE - 8)));
        scan(prepared(queries.row(q)), filter, best);
        results.add(best.sorted());
      }
      return results;
    }
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Vectors.requireComparable("query", query);
    try (Lifetime.Scope open = lifetime.use()) {
      TopK best = new TopK(Math.min(filter.count(size), Integer.MAX_VALUE - 8));
      best.floor = minScore;
      scan(prepared(query), filter, best);
      return best.sorted();
    }
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    requireDimension("into", into.length);
    try (Lifetime.Scope open = lifetime.use()) {
      long row = Objects.checkIndex(ordinal, size);
      for (Vectors part : parts) {
        if (row < part.rows()) {
          part.get(row, into);
          return;
        }
        row -= part.rows();
      }
    }
  }

  private float[] prepared(float[] query) {
    if (metric != Metric.COSINE) return query;
    Vectors vector = Vectors.of(query);
    vector.normalize();
    return vector.row(0);
  }

  private void scan(float[] query, OrdinalSet filter, TopK best) {
    if (best.scores.length == 0) return;
    long ordinal = 0;
    for (Vectors part : parts) {
      float[] row = new float[dimension];
      for (int c = 0; c < part.chunkCount(); c++) {
        FloatBuffer chunk = part.chunk(c);
        while (chunk.hasRemaining()) {
          chunk.get(row);
          if (filter.contains(ordinal)) best.offer(ordinal, score(query, row));
          ordinal++;
        }
      }
    }
  }

  /** Adds in double precision: the reference may be slow but not inaccurate. */
  private float score(float[] query, float[] row) {
    double sum = 0;
    if (metric != Metric.L2) {
      for (int i = 0; i < row.length; i++) sum += (double) query[i] * row[i];
      return (float) sum;
    }
    for (int i = 0; i < row.length; i++) {
      double difference = (double) query[i] - row[i];
      sum += difference * difference;
    }
    return (float) -sum;
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
   * @throws EarthEmbedException if it cannot be read, or direct memory is short
   */
  public static ExactIndex load(Path file) {
    return ExactIndexFile.read(file);
  }

  @Override
  public void save(Path file) {
    try (Lifetime.Scope open = lifetime.use()) {
      ExactIndexFile.write(file, dimension, metric, label, size, parts);
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
