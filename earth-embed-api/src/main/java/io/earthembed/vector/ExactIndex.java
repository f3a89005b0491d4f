package io.earthembed.vector;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.EmbeddingIndex;
import io.earthembed.io.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Compares a query with every vector, in pure Java: the reference that every other index is tested
 * against, and the fallback where no native library loads. A search costs O(n d), in its caller's
 * thread. Safe for many threads: searches run at the same time, {@link #add} and {@link #close}
 * wait for them and exclude them.
 */
public final class ExactIndex implements EmbeddingIndex {
  /** The metric of L2-normalised embeddings: their cosine. */
  public static final Metric DEFAULT_METRIC = Metric.INNER_PRODUCT;

  private static final long MAGIC = 0x65656D62_45584158L; // "eembEXAX"

  private final int dimension;
  private final Metric metric;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final List<Vectors> parts = new ArrayList<>();
  private long size;
  private boolean closed;

  /**
   * An empty index.
   *
   * @param dimension length of a vector, at least 1
   * @param metric how scores are computed
   */
  public ExactIndex(int dimension, Metric metric) {
    if (dimension < 1)
      throw new IllegalArgumentException("dimension must be positive: " + dimension);
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
      return size;
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void add(Vectors vectors) {
    requireDimension("vectors", vectors.dimension());
    vectors.requireComparable("vectors");
    Vectors copy = Vectors.allocate(vectors.rows(), dimension);
    float[] row = new float[dimension];
    for (long i = 0; i < vectors.rows(); i++) {
      vectors.get(i, row);
      copy.set(i, row);
    }
    if (metric == Metric.COSINE) copy.normalize();
    lock.writeLock().lock();
    try {
      requireOpen();
      parts.add(copy);
      size += copy.rows();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    requireDimension("queries", queries.dimension());
    if (k < 1) throw new IllegalArgumentException("k must be positive: " + k);
    queries.requireComparable("queries");
    lock.readLock().lock();
    try {
      requireOpen();
      List<Neighbors> results = new ArrayList<>();
      for (long q = 0; q < queries.rows(); q++) {
        Best best = new Best(Math.min(k, Math.min(size, Integer.MAX_VALUE - 8)));
        scan(prepared(queries.row(q)), filter, best);
        results.add(best.sorted());
      }
      return results;
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Vectors.requireComparable("query", query);
    lock.readLock().lock();
    try {
      requireOpen();
      Best best = new Best(Math.min(filter.count(size), Integer.MAX_VALUE - 8));
      best.floor = minScore;
      scan(prepared(query), filter, best);
      return best.sorted();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    requireDimension("into", into.length);
    lock.readLock().lock();
    try {
      requireOpen();
      long row = Objects.checkIndex(ordinal, size);
      for (Vectors part : parts) {
        if (row < part.rows()) {
          part.get(row, into);
          return;
        }
        row -= part.rows();
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private float[] prepared(float[] query) {
    if (metric != Metric.COSINE) return query;
    Vectors vector = Vectors.of(query);
    vector.normalize();
    return vector.row(0);
  }

  private void scan(float[] query, OrdinalSet filter, Best best) {
    if (best.scores.length == 0) return;
    long ordinal = 0;
    float[] row = new float[dimension];
    for (Vectors part : parts) {
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

  /** Sums in double precision: the reference may be slow but not wrong. */
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

  /**
   * Reads an index that {@link #save} wrote.
   *
   * @throws CorruptDataException if the file is not one, or is damaged
   */
  public static ExactIndex load(Path file) {
    try (InputStream raw = Files.newInputStream(file)) {
      long length = Files.size(file);
      CheckedInputStream checked =
          new CheckedInputStream(new java.io.BufferedInputStream(raw), new CRC32());
      DataInputStream in = new DataInputStream(checked);
      if (length < 32 || in.readLong() != MAGIC) {
        throw new CorruptDataException(file.toString(), 0, "not an exact index");
      }
      int dimension = in.readInt();
      int metric = in.readInt();
      long rows = in.readLong();
      if (dimension < 1
          || metric < 0
          || metric >= Metric.values().length
          || rows < 0
          || rows > (length - 32) / 4 / dimension
          || 32 + rows * dimension * 4 != length) {
        throw new CorruptDataException(file.toString(), 8, "a header that does not fit the file");
      }
      ExactIndex index = new ExactIndex(dimension, Metric.values()[metric]);
      Vectors vectors = Vectors.allocate(rows, dimension);
      float[] row = new float[dimension];
      for (long i = 0; i < rows; i++) {
        for (int j = 0; j < dimension; j++) row[j] = in.readFloat();
        vectors.set(i, row);
      }
      long sum = checked.getChecksum().getValue();
      if (in.readLong() != sum) {
        throw new CorruptDataException(file.toString(), length - 8, "wrong checksum");
      }
      try {
        vectors.requireComparable("vectors");
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(
            file.toString(), 32, "vectors that cannot be compared: " + e.getMessage(), e);
      }
      index.parts.add(vectors); // not add, which copies and brings them to length 1 again
      index.size = rows;
      return index;
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  @Override
  public void save(Path file) {
    lock.readLock().lock();
    try (AtomicFile atomic = AtomicFile.create(file)) {
      requireOpen();
      try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(atomic.path()))) {
        CheckedOutputStream checked = new CheckedOutputStream(raw, new CRC32());
        DataOutputStream out = new DataOutputStream(checked);
        out.writeLong(MAGIC);
        out.writeInt(dimension);
        out.writeInt(metric.ordinal());
        out.writeLong(size);
        float[] row = new float[dimension];
        for (Vectors part : parts) {
          for (long i = 0; i < part.rows(); i++) {
            part.get(i, row);
            for (float v : row) out.writeFloat(v);
          }
        }
        out.writeLong(checked.getChecksum().getValue());
      }
      atomic.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be written: " + e, e);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      parts.clear();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void requireOpen() {
    if (closed) throw new IllegalStateException("the index is closed");
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

  /**
   * The best so far: a heap with the worst of them on top, ordered by score and then by ordinal.
   */
  private static final class Best {
    final long[] ordinals;
    final float[] scores;
    float floor = Float.NEGATIVE_INFINITY;
    int n;

    Best(long capacity) {
      ordinals = new long[(int) capacity];
      scores = new float[(int) capacity];
    }

    void offer(long ordinal, float score) {
      if (score < floor) return;
      if (n < scores.length) {
        scores[n] = score;
        ordinals[n] = ordinal;
        siftUp(n++);
      } else if (score > scores[0]) {
        // An equal score comes with a larger ordinal, since the scan is in order, and so is worse.
        scores[0] = score;
        ordinals[0] = ordinal;
        siftDown();
      }
    }

    private boolean worse(int a, int b) {
      return scores[a] < scores[b] || (scores[a] == scores[b] && ordinals[a] > ordinals[b]);
    }

    private void siftUp(int start) {
      int i = start;
      while (i > 0 && worse(i, (i - 1) / 2)) {
        swap(i, (i - 1) / 2);
        i = (i - 1) / 2;
      }
    }

    private void siftDown() {
      int i = 0;
      while (true) {
        int worst = i;
        if (2 * i + 1 < n && worse(2 * i + 1, worst)) worst = 2 * i + 1;
        if (2 * i + 2 < n && worse(2 * i + 2, worst)) worst = 2 * i + 2;
        if (worst == i) return;
        swap(i, worst);
        i = worst;
      }
    }

    private void swap(int a, int b) {
      float score = scores[a];
      scores[a] = scores[b];
      scores[b] = score;
      long ordinal = ordinals[a];
      ordinals[a] = ordinals[b];
      ordinals[b] = ordinal;
    }

    Neighbors sorted() {
      int count = n;
      long[] sortedOrdinals = new long[count];
      float[] sortedScores = new float[count];
      // The worst comes off the top of the heap first.
      for (int i = count - 1; i >= 0; i--) {
        sortedOrdinals[i] = ordinals[0];
        sortedScores[i] = scores[0];
        n--;
        swap(0, n);
        siftDown();
      }
      return new Neighbors(sortedOrdinals, sortedScores);
    }
  }
}
