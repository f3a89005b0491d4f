package io.earthembed.samples.plugins;

import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Compares a query with every vector, on the heap. Implements the methods of every index, and
 * additions. It cannot be saved to a file. Safe for many threads.
 */
public final class LinearIndex implements MutableIndex {
  private record Scored(long ordinal, float score) {}

  private final int dimension;
  private final Metric metric;
  private final List<float[]> rows = new ArrayList<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile IndexLabel label = IndexLabel.NONE;
  private boolean closed;

  /**
   * Creates an empty index.
   *
   * @param dimension length of a vector
   * @param metric inner product or L2
   */
  public LinearIndex(int dimension, Metric metric) {
    if (metric == Metric.COSINE) throw new IllegalArgumentException("metric is COSINE");
    this.dimension = dimension;
    this.metric = metric;
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
    lock.readLock().lock();
    try {
      requireOpen();
      return rows.size();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void add(Vectors vectors) {
    requireDimension("vectors", vectors.dimension());
    vectors.requireComparable("vectors");
    lock.writeLock().lock();
    try {
      requireOpen();
      for (long row = 0; row < vectors.rows(); row++) rows.add(vectors.row(row));
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    requireDimension("queries", queries.dimension());
    queries.requireComparable("queries");
    if (k < 1) throw new IllegalArgumentException("k is " + k + ", not 1 or more");
    List<Neighbors> found = new ArrayList<>();
    for (long q = 0; q < queries.rows(); q++) {
      found.add(neighbors(queries.row(q), k, Float.NEGATIVE_INFINITY, filter));
    }
    return found;
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    Vectors.requireComparable("query", query);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    return neighbors(query, Integer.MAX_VALUE, minScore, filter);
  }

  private Neighbors neighbors(float[] query, int k, float minScore, OrdinalSet filter) {
    List<Scored> scored = new ArrayList<>();
    lock.readLock().lock();
    try {
      requireOpen();
      for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
        if (!filter.contains(ordinal)) continue;
        float score = score(query, rows.get(ordinal));
        if (score >= minScore) scored.add(new Scored(ordinal, score));
      }
    } finally {
      lock.readLock().unlock();
    }
    // The sort is stable: tied scores stay in the order of their ordinals.
    scored.sort(Comparator.comparing(Scored::score).reversed());
    int n = Math.min(k, scored.size());
    long[] ordinals = new long[n];
    float[] scores = new float[n];
    for (int i = 0; i < n; i++) {
      ordinals[i] = scored.get(i).ordinal();
      scores[i] = scored.get(i).score();
    }
    return new Neighbors(ordinals, scores);
  }

  private float score(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += metric == Metric.L2 ? -difference * difference : (double) a[i] * b[i];
    }
    return (float) sum;
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    requireDimension("into", into.length);
    lock.readLock().lock();
    try {
      requireOpen();
      if (ordinal < 0 || ordinal >= rows.size()) {
        throw new IndexOutOfBoundsException("ordinal " + ordinal + " of " + rows.size());
      }
      System.arraycopy(rows.get((int) ordinal), 0, into, 0, dimension);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public IndexLabel label() {
    return label;
  }

  @Override
  public void label(IndexLabel label) {
    this.label = label;
  }

  private void requireDimension(String name, int actual) {
    if (actual != dimension) {
      throw new IllegalArgumentException(
          name + " has dimension " + actual + ", the index " + dimension);
    }
  }

  private void requireOpen() {
    if (closed) throw new IllegalStateException("the index is closed");
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      rows.clear();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
