package io.earthembed.faiss;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.EmbeddingIndex;
import io.earthembed.faiss.internal.Above;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.Index;
import io.earthembed.faiss.internal.IndexFlat;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A FAISS index in native memory.
 *
 * <p>{@link #flat} compares a query with every vector and is exact; {@link #ivfFlat} looks at the
 * {@code nprobe} of {@code nlist} cells nearest to it. Searches run at once from many threads, each
 * on up to {@link #setThreads} threads; {@link #add} and {@link #close} wait for them. An index
 * that is forgotten is freed after garbage collection, with a warning.
 *
 * <p>Faults of FAISS are {@link EarthEmbedException}s.
 */
public final class FaissIndex implements EmbeddingIndex {
  private static final Logger LOG = LoggerFactory.getLogger(FaissIndex.class);
  private static final Cleaner CLEANER = Cleaner.create();

  /** Results of one native call at the most, so that a huge batch times a huge k stays bounded. */
  private static final long MAX_RESULTS = 1L << 22;

  private static volatile int threads = Runtime.getRuntime().availableProcessors();

  private final int dimension;
  private final Metric metric;
  private final Handle handle;
  private final Cleaner.Cleanable cleanable;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private FaissIndex(Index index, int dimension, Metric metric) {
    this.dimension = dimension;
    this.metric = metric;
    this.handle = new Handle(index);
    this.cleanable = CLEANER.register(this, handle);
  }

  /** What must be freed; knows nothing of the index object, so that this can become unreachable. */
  private static final class Handle implements Runnable {
    @Nullable Index index;
    boolean closed;
    boolean mapped;

    Handle(Index index) {
      this.index = index;
    }

    @Override
    public void run() {
      Index last = index;
      index = null;
      if (last == null) return;
      if (!closed) LOG.warn("A FaissIndex of {} vectors was never closed", last.ntotal());
      Faiss.destroy(last);
    }
  }

  /**
   * An exact index: every vector is compared, 4 x dimension bytes each.
   *
   * @param dimension 1 or more
   * @param metric how scores are computed
   * @throws EarthEmbedException if there is no native library for this machine
   */
  public static FaissIndex flat(int dimension, Metric metric) {
    requirePositive("dimension", dimension);
    NativeFaiss.load();
    return new FaissIndex(newFlat(dimension, metric), dimension, metric);
  }

  /**
   * An inverted-file index: vectors are kept in {@code nlist} cells round centroids that k-means
   * finds in a sample, and a search visits the {@code nprobe} nearest. {@link #searchAbove} visits
   * all.
   *
   * @param sample what the centroids are found in, at least nlist vectors, 39 or more for each cell
   *     to be good; they are not added
   * @param metric how scores are computed
   * @param nlist cells; about 4 x sqrt(n) is usual
   * @param nprobe cells visited by a search, in [1, nlist]; all of them make it exact
   * @throws IllegalArgumentException if the sample is too small or not finite
   */
  public static FaissIndex ivfFlat(Vectors sample, Metric metric, int nlist, int nprobe) {
    requirePositive("nlist", nlist);
    if (nprobe < 1 || nprobe > nlist) {
      throw new IllegalArgumentException("nprobe outside [1, " + nlist + "]: " + nprobe);
    }
    if (sample.rows() < nlist) {
      throw new IllegalArgumentException(
          "sample has " + sample.rows() + " vectors, fewer than nlist " + nlist);
    }
    if (sample.chunkCount() != 1) {
      throw new IllegalArgumentException("sample is larger than 1 GiB: " + sample);
    }
    sample.requireComparable("sample");
    NativeFaiss.load();
    int dimension = sample.dimension();
    Index index = Faiss.new_ivf_flat(dimension, nlist, nprobe, code(metric));
    FaissIndex result = new FaissIndex(index, dimension, metric);
    try {
      Faiss.set_threads(threads);
      index.train(sample.rows(), sample.chunk(0));
      return result;
    } catch (RuntimeException e) {
      result.close();
      throw fault("training", e);
    }
  }

  /**
   * A flat index that Java's garbage collector leaves alone: it is freed by its handle, or by what
   * owns it.
   */
  private static Index newFlat(int dimension, Metric metric) {
    IndexFlat flat = new IndexFlat(dimension, code(metric));
    flat.deallocate(false);
    return flat;
  }

  /**
   * Reads an index that {@link #save} wrote. Its checksum is verified before FAISS sees a byte.
   *
   * @throws CorruptDataException if the file is not such an index, or damaged
   * @throws EarthEmbedException if it cannot be read
   */
  public static FaissIndex load(Path file) {
    NativeFaiss.load();
    IndexFile.Contents contents = IndexFile.read(file);
    return new FaissIndex(contents.index(), contents.dimension(), contents.metric());
  }

  /**
   * Opens an index that {@link #save} wrote, mapping the vectors of a flat one into memory instead
   * of reading them, so that it opens at once and shares the system's cache. Such an index cannot
   * grow, and its checksum is not verified, since that would read it all: {@link #load} does.
   * Others are loaded. The file must not be written to while it is open; a new one may be put in
   * its place.
   *
   * @throws CorruptDataException if the file is not such an index, or visibly damaged
   * @throws EarthEmbedException if it cannot be read
   */
  public static FaissIndex open(Path file) {
    NativeFaiss.load();
    IndexFile.Contents contents = IndexFile.map(file);
    FaissIndex index = new FaissIndex(contents.index(), contents.dimension(), contents.metric());
    index.handle.mapped = contents.mapped();
    return index;
  }

  /**
   * On how many threads one search may run; all processors by default. Programs that search from
   * many threads at once set 1.
   *
   * @param count 1 or more
   */
  public static void setThreads(int count) {
    requirePositive("count", count);
    threads = count;
  }

  /** Which build of FAISS runs here: {@code avx2} or {@code generic}. */
  public static String variant() {
    return NativeFaiss.load();
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
    return locked(lock.readLock(), "size", Index::ntotal);
  }

  @Override
  public void add(Vectors vectors) {
    requireDimension("vectors", vectors.dimension());
    vectors.requireComparable("vectors");
    locked(
        lock.writeLock(),
        "add",
        index -> {
          if (handle.mapped) throw new IllegalStateException("a mapped index cannot grow");
          for (int c = 0; c < vectors.chunkCount(); c++) {
            FloatBuffer chunk = vectors.chunk(c);
            index.add(chunk.remaining() / dimension, chunk);
          }
          return true;
        });
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    requireDimension("queries", queries.dimension());
    requirePositive("k", k);
    queries.requireComparable("queries");
    return locked(
        lock.readLock(),
        "search",
        index -> {
          int most = (int) Math.min(k, Math.min(index.ntotal(), Integer.MAX_VALUE - 8));
          ByteBuffer bitmap = bitmap(filter, index.ntotal());
          List<Neighbors> results = new ArrayList<>();
          for (int c = 0; c < queries.chunkCount(); c++) {
            search(index, queries.chunk(c), most, bitmap, results);
          }
          return results;
        });
  }

  private void search(
      Index index,
      FloatBuffer queries,
      int k,
      @Nullable ByteBuffer bitmap,
      List<Neighbors> results) {
    int rows = queries.remaining() / dimension;
    if (k == 0) {
      for (int q = 0; q < rows; q++) results.add(new Neighbors(new long[0], new float[0]));
      return;
    }
    int batch = (int) Math.max(1, Math.min(rows, MAX_RESULTS / k));
    for (int from = 0; from < rows; from += batch) {
      int n = Math.min(batch, rows - from);
      float[] scores = new float[n * k];
      long[] ids = new long[n * k];
      FloatBuffer part = queries.slice(from * dimension, n * dimension);
      Faiss.search(index, n, part, k, bitmap, FloatBuffer.wrap(scores), LongBuffer.wrap(ids));
      for (int q = 0; q < n; q++) {
        int found = 0;
        while (found < k && ids[q * k + found] >= 0) found++;
        results.add(
            new Neighbors(
                Arrays.copyOfRange(ids, q * k, q * k + found),
                Arrays.copyOfRange(scores, q * k, q * k + found)));
      }
    }
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Vectors vector = Vectors.of(query);
    vector.requireComparable("query");
    return locked(
        lock.readLock(),
        "search",
        index -> {
          if (index.ntotal() == 0) return new Neighbors(new long[0], new float[0]);
          ByteBuffer bitmap = bitmap(filter, index.ntotal());
          try (Above above = new Above(index, vector.chunk(0), minScore, bitmap)) {
            int n = Math.toIntExact(above.size());
            float[] scores = new float[n];
            long[] ids = new long[n];
            above.copy(scores, ids);
            return new Neighbors(ids, scores);
          }
        });
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    requireDimension("into", into.length);
    locked(
        lock.readLock(),
        "reconstruct",
        index -> {
          Objects.checkIndex(ordinal, index.ntotal());
          Faiss.reconstruct(index, ordinal, FloatBuffer.wrap(into));
          return true;
        });
  }

  /** The filter as FAISS's selector wants it, one bit for each id, or null for none. */
  private static @Nullable ByteBuffer bitmap(OrdinalSet filter, long size) {
    if (filter.isAll()) return null;
    long[] words = filter.toBitmap(size);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.max(8, Math.multiplyExact(words.length, 8)))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return bytes;
  }

  @Override
  public void save(Path file) {
    locked(
        lock.readLock(),
        "save",
        index -> {
          IndexFile.write(index, dimension, metric, index.ntotal(), file);
          return true;
        });
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      handle.closed = true;
      cleanable.clean();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private interface Work<T> {
    T on(Index index);
  }

  /** Runs native work on the open index, with C++'s exceptions made ours. */
  private <T> T locked(Lock guard, String what, Work<T> work) {
    guard.lock();
    try {
      Index index = handle.index;
      if (index == null) throw new IllegalStateException("the index is closed");
      Faiss.set_threads(threads);
      return work.on(index);
    } catch (EarthEmbedException | IllegalStateException | IndexOutOfBoundsException e) {
      throw e;
    } catch (RuntimeException e) {
      throw fault(what, e);
    } finally {
      guard.unlock();
    }
  }

  private static EarthEmbedException fault(String what, RuntimeException e) {
    return new EarthEmbedException("FAISS failed in " + what + ": " + e.getMessage(), e);
  }

  private static int code(Metric metric) {
    return metric == Metric.INNER_PRODUCT ? Faiss.METRIC_INNER_PRODUCT : Faiss.METRIC_L2;
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) throw new IllegalArgumentException(name + " must be positive: " + value);
  }

  private void requireDimension(String name, int actual) {
    if (actual != dimension) {
      throw new IllegalArgumentException(
          name + " has dimension " + actual + ", the index " + dimension);
    }
  }

  @Override
  public String toString() {
    return "FaissIndex[" + metric + ", " + dimension + "-d]";
  }
}
