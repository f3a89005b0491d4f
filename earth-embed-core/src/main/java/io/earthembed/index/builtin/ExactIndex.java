package io.earthembed.index.builtin;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexFormat;
import io.earthembed.index.IndexLabel;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
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

  /** With a label; files without one are those of earlier versions too. */
  private static final long LABELLED = 0x65656D62_45584159L; // "eembEXAY"

  private static final long MAGIC = 0x65656D62_45584158L; // "eembEXAX"
  private static final int HEADER = 24;
  private static final int MAX_LABEL = 1 << 16;

  /** Bytes that are read before more memory is asked for. */
  private static final int PART = 64 << 20;

  static final IndexFormat FORMAT = new Format();

  private final int dimension;
  private final Metric metric;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final List<Vectors> parts = new ArrayList<>();
  private long size;
  private volatile IndexLabel label = IndexLabel.NONE;
  private boolean closed;

  /**
   * An empty index.
   *
   * @param dimension length of a vector, in [1, {@link Vectors#MAX_DIMENSION}]
   * @param metric how scores are computed
   */
  public ExactIndex(int dimension, Metric metric) {
    Vectors.requireDimension(dimension);
    this.dimension = dimension;
    this.metric = Objects.requireNonNull(metric, "metric");
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
    float[] row = new float[vectors.rows() == 0 ? 0 : dimension];
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
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new EarthEmbedException(file + ": not a regular file");
    }
    try (InputStream raw = Files.newInputStream(file)) {
      return read(file, raw, Files.size(file));
    } catch (EOFException e) {
      throw new CorruptDataException(file.toString(), -1, "became shorter while it was read", e);
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    } catch (OutOfMemoryError e) {
      throw new EarthEmbedException(
          file + ": not enough memory for its vectors (-XX:MaxDirectMemorySize)", e);
    }
  }

  private static ExactIndex read(Path file, InputStream raw, long length) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(raw), new CRC32());
    DataInputStream in = new DataInputStream(checked);
    long magic = length < HEADER + Long.BYTES ? 0 : in.readLong();
    if (magic != MAGIC && magic != LABELLED) {
      throw new CorruptDataException(file.toString(), 0, "not an exact index");
    }
    int dimension = in.readInt();
    int metric = in.readInt();
    long rows = in.readLong();
    int labelLength = magic == LABELLED ? in.readInt() : 0;
    long start = HEADER + (magic == LABELLED ? Integer.BYTES : 0) + (long) labelLength;
    long bytes = length - Long.BYTES - start;
    // Whatever is asked for in memory below, the file has as many bytes.
    if (dimension < 1
        || dimension > Vectors.MAX_DIMENSION
        || metric < 0
        || metric >= Metric.values().length
        || labelLength < 0
        || labelLength > MAX_LABEL
        || rows < 0
        || bytes < 0
        || rows > bytes / Float.BYTES / dimension
        || rows * dimension * Float.BYTES != bytes) {
      throw new CorruptDataException(file.toString(), 8, "a header that does not fit the file");
    }
    ExactIndex index = new ExactIndex(dimension, Metric.values()[metric]);
    if (magic == LABELLED) {
      try {
        String text = new String(in.readNBytes(labelLength), StandardCharsets.UTF_8);
        index.label = IndexLabel.parse(text);
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(file.toString(), HEADER, "not a label", e);
      }
    }
    long rowsOfPart = Math.max(1, PART / Float.BYTES / dimension);
    for (long first = 0; first < rows; first += rowsOfPart) {
      Vectors part = Vectors.allocate(Math.min(rowsOfPart, rows - first), dimension);
      byte[] stored = new byte[Float.BYTES * dimension];
      float[] row = new float[dimension];
      for (long i = 0; i < part.rows(); i++) {
        in.readFully(stored);
        ByteBuffer.wrap(stored).asFloatBuffer().get(row);
        part.set(i, row);
      }
      index.parts.add(part); // not add, which copies and brings them to length 1 again
    }
    long sum = checked.getChecksum().getValue();
    if (in.readLong() != sum) {
      throw new CorruptDataException(file.toString(), length - 8, "wrong checksum");
    }
    index.size = rows;
    for (Vectors part : index.parts) {
      try {
        part.requireComparable("vectors");
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(
            file.toString(), start, "vectors that cannot be compared: " + e.getMessage(), e);
      }
    }
    return index;
  }

  @Override
  public void save(Path file) {
    lock.readLock().lock();
    try (AtomicFile atomic = AtomicFile.create(file)) {
      requireOpen();
      try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(atomic.path()))) {
        CheckedOutputStream checked = new CheckedOutputStream(raw, new CRC32());
        write(new DataOutputStream(checked), checked);
      }
      atomic.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be written: " + e, e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Big-endian: magic 8, dimension 4, metric 4, rows 8; where it has a label, its length 4 and its
   * UTF-8; the vectors as float32; CRC-32 of all that 8.
   */
  private void write(DataOutputStream out, CheckedOutputStream checked) throws IOException {
    IndexLabel what = label;
    byte[] text = what.text().getBytes(StandardCharsets.UTF_8);
    if (text.length > MAX_LABEL) {
      throw new IllegalArgumentException("the label has " + text.length + " bytes");
    }
    boolean labelled = !what.equals(IndexLabel.NONE);
    out.writeLong(labelled ? LABELLED : MAGIC);
    out.writeInt(dimension);
    out.writeInt(metric.ordinal());
    out.writeLong(size);
    if (labelled) {
      out.writeInt(text.length);
      out.write(text);
    }
    for (Vectors part : parts) {
      byte[] stored = new byte[Float.BYTES * dimension];
      float[] row = new float[dimension];
      for (long i = 0; i < part.rows(); i++) {
        part.get(i, row);
        ByteBuffer.wrap(stored).asFloatBuffer().put(row);
        out.write(stored);
      }
    }
    out.writeLong(checked.getChecksum().getValue());
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

  private static final class Format implements IndexFormat {
    @Override
    public String module() {
      return "earth-embed-core";
    }

    @Override
    public boolean recognises(Path file) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] magic = in.readNBytes(Long.BYTES);
        if (magic.length < Long.BYTES) return false;
        long value = ByteBuffer.wrap(magic).getLong();
        return value == MAGIC || value == LABELLED;
      }
    }

    @Override
    public EmbeddingIndex read(Path file) {
      return load(file);
    }
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
