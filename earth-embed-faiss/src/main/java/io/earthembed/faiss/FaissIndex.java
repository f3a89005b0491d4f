package io.earthembed.faiss;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.GpuCopy;
import io.earthembed.faiss.internal.LayeredIndex;
import io.earthembed.faiss.internal.RangeSearch;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A FAISS index in native memory.
 *
 * <p>{@link #flat} compares a query with every vector and is exact. The others look at a part of
 * them: {@link #ivfFlat}, {@link #ivfScalarQuantized} and {@link #ivfProductQuantized} at the
 * {@code nprobe} of {@code nlist} cells nearest to the query, with whole or shortened vectors;
 * {@link #hnsw} at what a walk through a graph meets; {@link #factory} makes any other kind of
 * FAISS's. {@link #recommended} chooses.
 *
 * <p>Filters go into the search. Where fewer than one vector in a hundred passes, or a search finds
 * fewer than there are to find, all that pass are scored one by one, so that no filter costs
 * recall. {@link #searchAbove} always looks at every vector. Scores are those of the vectors as the
 * index stores them, except that a search of codes packed for fast scan ({@code x4fs}) without
 * re-ranking finds them by rounded tables. Equal scores are in the order of their ordinals, and the
 * smaller ordinals are returned where ties straddle the k-th place, on every kind but that one; an
 * approximate search may miss an equal vector as it may miss any other.
 *
 * <p>Searches run at once from many threads; together they use {@link #setThreads} threads. {@link
 * #add}, {@link #train}, {@link #remove} and {@link #close} wait for them. A batch ends between its
 * parts when its thread is interrupted, with an {@link EarthEmbedException} and the thread's
 * interrupted state kept; {@link #train} and {@link #add} end so at FAISS's next look round. An
 * index that is forgotten is freed after garbage collection, with a warning.
 *
 * <p>Faults of FAISS are {@link EarthEmbedException}s.
 */
public final class FaissIndex implements EmbeddingIndex {
  private static final Logger LOG = LoggerFactory.getLogger(FaissIndex.class);

  /** Results of one native call at the most, so that a huge batch times a huge k stays bounded. */
  private static final long MAX_RESULTS = 1L << 22;

  /** Queries of one native call at the most: between calls a batch can be interrupted. */
  private static final int MAX_QUERIES = 1024;

  private static final Object MERGING = new Object();

  private final int dimension;
  private final Metric metric;
  private final boolean mapped;
  private final NativeIndex held;

  /** The ordinal of the next vector; more than there are once some were removed. */
  private long next;

  private IndexLabel label;

  private FaissIndex(IndexFile.Contents contents, boolean mapped) {
    this.dimension = contents.dimension();
    this.metric = contents.metric();
    this.mapped = mapped;
    this.next = contents.next();
    this.label = contents.label();
    this.held = new NativeIndex(contents.index());
  }

  /**
   * An exact index: every vector is compared, 4 x dimension bytes each.
   *
   * @param dimension 1 or more
   * @param metric how scores are computed
   * @throws EarthEmbedException if there is no native library for this machine
   */
  public static FaissIndex flat(int dimension, Metric metric) {
    return factory(dimension, metric, "Flat");
  }

  /**
   * An inverted-file index: vectors are kept in {@code nlist} cells round centroids that k-means
   * finds in a sample, and a search visits the {@code nprobe} nearest.
   *
   * @param sample what the centroids are found in, at least nlist vectors, 39 or more for each cell
   *     to be good; they are not added
   * @param metric how scores are computed
   * @param nlist cells; about 4 x sqrt(n) is usual
   * @param nprobe cells visited by a search, in [1, nlist]; all of them make it exact
   * @throws IllegalArgumentException if the sample is too small or not finite
   */
  public static FaissIndex ivfFlat(Vectors sample, Metric metric, int nlist, int nprobe) {
    return inverted(sample, metric, nlist, nprobe, "Flat", 0);
  }

  /** How a scalar quantiser stores a component. */
  public enum Scalar {
    /** 16-bit floats: half the memory, scores good to three digits. */
    FP16("SQfp16"),
    /** 8 bits between the least and the largest seen in training: a quarter of the memory. */
    BITS_8("SQ8");

    private final String description;

    Scalar(String description) {
      this.description = description;
    }
  }

  /**
   * An inverted file whose vectors are stored with shortened components.
   *
   * @param sample as for {@link #ivfFlat}
   * @param metric how scores are computed
   * @param nlist cells
   * @param nprobe cells visited by a search, in [1, nlist]
   * @param scalar how a component is stored
   */
  public static FaissIndex ivfScalarQuantized(
      Vectors sample, Metric metric, int nlist, int nprobe, Scalar scalar) {
    return inverted(sample, metric, nlist, nprobe, scalar.description, 0);
  }

  /**
   * An inverted file of product codes of 4 bits, scanned 32 vectors at a time (FAISS's fast scan),
   * whose best candidates are ranked again by vectors of 8 bits a component.
   *
   * @param sample as for {@link #ivfFlat}
   * @param metric how scores are computed
   * @param nlist cells
   * @param nprobe cells visited by a search, in [1, nlist]
   * @param m parts that a vector is cut into, each coded in 4 bits; divides the dimension
   * @param rerank candidates ranked again for each hit wanted, at least 1; 0 keeps the codes alone,
   *     m / 2 bytes a vector in place of m / 2 + dimension
   */
  public static FaissIndex ivfProductQuantized(
      Vectors sample, Metric metric, int nlist, int nprobe, int m, int rerank) {
    requirePositive("m", m);
    if (sample.dimension() % m != 0) {
      throw new IllegalArgumentException(
          "m " + m + " does not divide the dimension " + sample.dimension());
    }
    if (rerank < 0) throw new IllegalArgumentException("negative rerank: " + rerank);
    String codes = "PQ" + m + "x4fs" + (rerank > 0 ? ",Refine(SQ8)" : "");
    return inverted(sample, metric, nlist, nprobe, codes, rerank);
  }

  /**
   * A graph of near neighbours (HNSW) over whole vectors: the fastest where memory is plenty.
   *
   * @param dimension 1 or more
   * @param metric how scores are computed
   * @param m neighbours of each vector, 2 or more; 32 is usual
   * @param efSearch candidates that a search keeps, 1 or more; more find more
   */
  public static FaissIndex hnsw(int dimension, Metric metric, int m, int efSearch) {
    if (m < 2) throw new IllegalArgumentException("m must be 2 or more: " + m);
    requirePositive("efSearch", efSearch);
    FaissIndex index = factory(dimension, metric, "HNSW" + m + ",Flat");
    index.setEffort(SearchEffort.efSearch(efSearch));
    return index;
  }

  private static FaissIndex inverted(
      Vectors sample, Metric metric, int nlist, int nprobe, String codes, int rerank) {
    requirePositive("nlist", nlist);
    if (nprobe < 1 || nprobe > nlist) {
      throw new IllegalArgumentException("nprobe outside [1, " + nlist + "]: " + nprobe);
    }
    if (sample.rows() < nlist) {
      throw new IllegalArgumentException(
          "sample has " + sample.rows() + " vectors, fewer than nlist " + nlist);
    }
    FaissIndex index = factory(sample.dimension(), metric, "IVF" + nlist + "," + codes);
    try {
      index.setEffort(new SearchEffort(nprobe, 0, rerank));
      index.train(sample);
      return index;
    } catch (RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /**
   * An index by FAISS's own description, for example {@code "OPQ32,IVF4096,PQ32x4fs"}; {@link
   * #train} it first where its kind needs that.
   *
   * @param dimension 1 or more
   * @param metric how scores are computed
   *     <p>Refused are kinds whose ids are not ordinals ({@code IDMap}, {@code FlatDedup}), that
   *     FAISS does not come to an end with ({@code NSG}), that are parts of others ({@code MinMax},
   *     {@code RCQ}, {@code LSCQ}) or break when they are decoded ({@code ZnLattice}), and kinds
   *     that FAISS has for L2 only where another metric is asked for.
   * @param description as FAISS's {@code index_factory} takes it, at most 200 characters
   * @throws IllegalArgumentException if FAISS does not understand it, or the kind is refused
   */
  public static FaissIndex factory(int dimension, Metric metric, String description) {
    requirePositive("dimension", dimension);
    FactoryString.require(description);
    NativeFaiss.load();
    LayeredIndex index;
    try {
      index = Faiss.make_index(dimension, description, code(metric));
      index.deallocate(false);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "description '" + description + "': " + NativeFaiss.reason(e), e);
    }
    return new FaissIndex(
        new IndexFile.Contents(index, dimension, metric, 0, IndexLabel.NONE), false);
  }

  /**
   * Which index suits.
   *
   * @param n vectors, 1 or more
   * @param d components of a vector
   * @param memoryBudget bytes that the index may take
   * @throws IllegalArgumentException if no index is that small
   */
  public static Recommendation recommended(long n, int d, long memoryBudget) {
    return Recommendation.of(n, d, memoryBudget);
  }

  /**
   * Reads an index that {@link #save} wrote. Its checksum is verified before FAISS sees a byte.
   *
   * @throws CorruptDataException if the file is not such an index, or damaged
   * @throws EarthEmbedException if it cannot be read
   */
  public static FaissIndex load(Path file) {
    NativeFaiss.load();
    return new FaissIndex(IndexFile.read(file, false), false);
  }

  /**
   * Opens an index that {@link #save} wrote, its vectors left in the file and mapped, so that it
   * opens at once and shares the system's cache. The file must not be changed in place while the
   * index is open (replacing it, as {@link #save} does, is harmless), and such an index takes no
   * additions. The checksum is verified first, but for the vectors of a flat index, whose damage
   * changes scores and nothing else: {@link #load} verifies these too.
   *
   * @throws CorruptDataException if the file is not such an index, or damaged
   * @throws EarthEmbedException if it cannot be read
   */
  public static FaissIndex open(Path file) {
    NativeFaiss.load();
    return new FaissIndex(IndexFile.read(file, true), true);
  }

  /**
   * Reads a file that FAISS itself wrote, in Python for example. FAISS's format carries no
   * checksum: read only files that are known to be whole. Ids must be ordinals, from 0 to 2^31 - 2
   * and none twice; gaps are vectors that were removed.
   *
   * @throws CorruptDataException if an id is not an ordinal, or there are two of it
   * @throws EarthEmbedException if FAISS cannot read it, or it is of a kind that is not offered
   */
  public static FaissIndex loadPlain(Path file) {
    NativeFaiss.load();
    return new FaissIndex(IndexFile.readPlain(file), false);
  }

  /**
   * On how many threads searches may run, all together; all processors by default. ONNX Runtime has
   * a pool of its own: programs that encode and search at once share the processors out between
   * {@code EncoderOptions} and this.
   *
   * @param count 1 or more
   */
  public static void setThreads(int count) {
    requirePositive("count", count);
    NativeFaiss.load();
    NativeIndex.setThreads(count);
  }

  /**
   * Copies the index to a GPU, or forgets the copy. Searches without a filter then run there, in a
   * batch or alone, one thread at a time; filters, score fields and what only the CPU can decide
   * (ties at the k-th place, more than 2,048 hits or cells) use the index in memory, which stays.
   * Scores of the GPU may differ from the CPU's in the last digits. While there is a copy the index
   * takes no changes.
   *
   * @param device {@link Device#cuda} to copy, {@link Device#cpu} to free the copy; {@link
   *     Device#auto} copies where that is possible, and else says so in the log
   * @throws EarthEmbedException naming what is missing, if a GPU was asked for and cannot be used:
   *     the native library is built with CUDA only by the Maven profile {@code cuda}
   */
  public void setDevice(Device device) {
    held.setDevice(device);
  }

  /** Which build of FAISS runs here: {@code avx2} or {@code generic}. */
  public static String variant() {
    return NativeFaiss.load();
  }

  @Override
  public IndexLabel label() {
    return held.reading("label", index -> label);
  }

  @Override
  public void label(IndexLabel what) {
    held.writing("label", index -> label = what);
  }

  /**
   * Fails unless the index is labelled with a model, so that it is not searched with another's
   * vectors.
   *
   * @param model as {@link IndexLabel#model} names it
   * @throws IllegalArgumentException naming both models if they differ
   */
  public FaissIndex requireModel(String model) {
    String actual = label().model();
    if (!actual.equals(model)) {
      throw new IllegalArgumentException(
          "the index holds vectors of "
              + (actual.isEmpty() ? "a model it does not name" : "the model '" + actual + "'")
              + ", not of '"
              + model
              + "'");
    }
    return this;
  }

  /** Whether vectors can be added: kinds with cells or codes are trained first. */
  public boolean isTrained() {
    return held.reading("isTrained", LayeredIndex::is_trained);
  }

  /**
   * Finds cells and codes in a sample, which is not added.
   *
   * @param sample [n, dimension], finite, at most 1 GiB
   * @throws EarthEmbedException if FAISS cannot train on it, for example because it is too small,
   *     or the thread is interrupted
   * @throws IllegalStateException if vectors were added already
   */
  public void train(Vectors sample) {
    requireDimension("sample", sample.dimension());
    if (sample.chunkCount() != 1) {
      throw new IllegalArgumentException("sample is empty or larger than 1 GiB: " + sample);
    }
    sample.requireComparable("sample");
    held.changing(
        "training",
        index -> {
          if (index.size() > 0) {
            throw new IllegalStateException("the index holds vectors: it cannot be trained again");
          }
          long wanted = Faiss.prepare_training(index);
          if (sample.rows() < wanted) {
            LOG.warn(
                "{}: {} vectors to train on are few, {} are advised", this, sample.rows(), wanted);
          }
          FloatBuffer values = prepared(sample.chunk(0));
          try (Interruption interruption = new Interruption()) {
            Faiss.train(index, sample.rows(), values);
          }
          return true;
        });
  }

  private void setEffort(SearchEffort effort) {
    held.writing(
        "setEffort",
        index -> {
          Faiss.set_effort(index, effort.nprobe(), effort.efSearch(), effort.rerank());
          return true;
        });
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
    return held.reading("size", LayeredIndex::size);
  }

  @Override
  public long ordinalEnd() {
    return held.reading("ordinalEnd", index -> next);
  }

  /**
   * {@inheritDoc}
   *
   * <p>All or none, unless FAISS fails or is interrupted in the midst of it: then nothing is known
   * of the index, which can only be closed and loaded again.
   */
  @Override
  public void add(Vectors vectors) {
    requireDimension("vectors", vectors.dimension());
    vectors.requireComparable("vectors");
    held.changing(
        "add",
        index -> {
          if (mapped) throw new IllegalStateException("a mapped index takes no additions");
          NativeIndex.requireTrained(index);
          // Once, before the first is added: what cannot be had in the midst would leave a part.
          FloatBuffer room =
              metric == Metric.COSINE && vectors.chunkCount() > 0 ? room(vectors.chunk(0)) : null;
          for (int c = 0; c < vectors.chunkCount(); c++) {
            FloatBuffer chunk = vectors.chunk(c);
            if (room != null) chunk = ofLengthOne(chunk, room);
            int rows = chunk.remaining() / dimension;
            long before = index.size();
            try (Interruption interruption = new Interruption()) {
              Faiss.add_from(index, rows, chunk, next);
            } catch (RuntimeException e) {
              if (!Faiss.holds(index, before)) held.spoil("an addition failed in the midst");
              throw e;
            }
            next += rows;
          }
          return true;
        });
  }

  /**
   * Moves the vectors of another index to the end of this one; the other is empty afterwards. Parts
   * of one large index are made so: every machine loads the same trained index, adds its share and
   * saves it, and the parts are merged in order, without coding a vector again.
   *
   * <p>The vector with the other's ordinal i gets this index's next ordinal + i.
   *
   * @param other of the same kind, and trained alike: copies of one trained index
   * @throws IllegalArgumentException if the two differ in kind or training, or are labelled with
   *     different models or datasets; both are then as they were
   * @throws EarthEmbedException if there is no memory for it; both are then as they were
   * @throws IllegalStateException if either is mapped or closed
   */
  public void mergeFrom(FaissIndex other) {
    if (other == this) throw new IllegalArgumentException("an index cannot be merged with itself");
    // One merge at a time, so that two of them never wait for each other's locks.
    synchronized (MERGING) {
      other.held.changing(
          "merge",
          from ->
              held.changing(
                  "merge",
                  into -> {
                    if (mapped || other.mapped) {
                      throw new IllegalStateException("a mapped index cannot be merged");
                    }
                    NativeIndex.requireTrained(into);
                    if (other.metric != metric
                        || !other.label.model().equals(label.model())
                        || !other.label.dataset().equals(label.dataset())) {
                      throw new IllegalArgumentException(
                          other.metric + " " + other.label + " into " + metric + " " + label);
                    }
                    try {
                      Faiss.require_alike(into, from);
                    } catch (RuntimeException e) {
                      throw new IllegalArgumentException("merge: " + NativeFaiss.reason(e), e);
                    }
                    Faiss.merge_from(into, from, next);
                    next += other.next;
                    other.next = 0;
                    // Of which rows the whole is, neither part says.
                    label = new IndexLabel(label.model(), label.dataset());
                    return true;
                  }));
    }
  }

  /**
   * Removes vectors; the others keep their ordinals, and those removed are not given again: {@link
   * #ordinalEnd} stays. An {@link io.earthembed.EarthExplorer} takes no such index.
   *
   * @param ordinals which; what is not there is passed over
   * @return how many were there
   * @throws UnsupportedOperationException unless the index is an inverted file without re-ranking:
   *     FAISS would give the others new ordinals, or cannot remove at all
   */
  public long remove(OrdinalSet ordinals) {
    return held.changing(
        "remove",
        index -> {
          if (mapped) throw new IllegalStateException("a mapped index cannot be changed");
          try {
            return Faiss.remove_ids(index, bits(ordinals), next);
          } catch (RuntimeException e) {
            throw new UnsupportedOperationException("remove: " + NativeFaiss.reason(e), e);
          }
        });
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    return search(queries, k, filter, SearchEffort.DEFAULT);
  }

  /**
   * The k best for each query, with an effort of its own.
   *
   * @param queries [q, dimension] float32, every component finite
   * @param k at least 1
   * @param filter which ordinals may be returned
   * @param effort how hard this search tries
   */
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter, SearchEffort effort) {
    requireDimension("queries", queries.dimension());
    requirePositive("k", k);
    Objects.requireNonNull(filter, "filter");
    queries.requireComparable("queries");
    return held.searching(
        index -> {
          int most = most(index, k);
          ByteBuffer bitmap = bitmap(filter);
          List<Neighbors> results = new ArrayList<>();
          for (int c = 0; c < queries.chunkCount(); c++) {
            search(index, prepared(queries.chunk(c)), most, bitmap, effort, results);
          }
          return results;
        });
  }

  private void search(
      LayeredIndex index,
      FloatBuffer queries,
      int k,
      @Nullable ByteBuffer bitmap,
      SearchEffort effort,
      List<Neighbors> results) {
    int rows = queries.remaining() / dimension;
    if (k == 0) {
      for (int q = 0; q < rows; q++) results.add(new Neighbors(new long[0], new float[0]));
      return;
    }
    long candidates = Faiss.candidates(index, k, effort.rerank());
    int batch = (int) Math.max(1, Math.min(Math.min(rows, MAX_QUERIES), MAX_RESULTS / candidates));
    for (int from = 0; from < rows; from += batch) {
      if (from > 0 && Thread.currentThread().isInterrupted()) {
        throw new EarthEmbedException("interrupted after " + from + " of " + rows + " queries");
      }
      int n = Math.min(batch, rows - from);
      float[] scores = new float[n * k];
      long[] ids = new long[n * k];
      FloatBuffer part = queries.slice(from * dimension, n * dimension);
      GpuCopy copy = held.copy();
      if (copy != null && bitmap == null) {
        copy.search(
            index,
            n,
            part,
            k,
            next,
            effort.nprobe(),
            FloatBuffer.wrap(scores),
            LongBuffer.wrap(ids));
      } else {
        Faiss.search(
            index,
            n,
            part,
            k,
            bitmap,
            next,
            effort.nprobe(),
            effort.efSearch(),
            effort.rerank(),
            FloatBuffer.wrap(scores),
            LongBuffer.wrap(ids));
      }
      for (int q = 0; q < n; q++) results.add(found(ids, scores, q * k, k));
    }
  }

  /** Those of k places that a search filled; what was found fills the first. */
  private static Neighbors found(long[] ids, float[] scores, int from, int k) {
    int end = from;
    while (end < from + k && ids[end] >= 0) end++;
    return end - from == ids.length
        ? new Neighbors(ids, scores)
        : new Neighbors(Arrays.copyOfRange(ids, from, end), Arrays.copyOfRange(scores, from, end));
  }

  /** More than k hits, or than there are vectors, or than an array holds, no search finds. */
  private static int most(LayeredIndex index, int k) {
    return (int) Math.min(k, Math.min(index.size(), Integer.MAX_VALUE - 8));
  }

  /** Without a filter a query goes straight to the native side: nothing but the result is made. */
  @Override
  public Neighbors search(float[] query, int k, OrdinalSet filter) {
    if (!filter.isAll() || metric == Metric.COSINE || held.copy() != null) {
      return search(Vectors.of(query), k, filter).get(0);
    }
    requireDimension("query", query.length);
    requirePositive("k", k);
    Vectors.requireComparable("query", query);
    return held.searching(
        index -> {
          int most = most(index, k);
          float[] scores = new float[most];
          long[] ids = new long[most];
          if (most > 0)
            Faiss.search(index, 1, query, most, (byte[]) null, next, 0, 0, 0, scores, ids);
          return found(ids, scores, 0, most);
        });
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Objects.requireNonNull(filter, "filter");
    Vectors vector = Vectors.of(query);
    vector.requireComparable("query");
    return held.searching(
        index -> {
          if (index.size() == 0) return new Neighbors(new long[0], new float[0]);
          FloatBuffer prepared = prepared(vector.chunk(0));
          try (RangeSearch above =
              new RangeSearch(index, prepared, minScore, bitmap(filter), next)) {
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
    held.reading(
        "reconstruct",
        index -> {
          Objects.checkIndex(ordinal, next);
          Faiss.reconstruct(index, ordinal, FloatBuffer.wrap(into));
          return true;
        });
  }

  /** Vectors as FAISS gets them: of length one where the metric is the cosine. */
  private FloatBuffer prepared(FloatBuffer values) {
    if (metric != Metric.COSINE || !values.hasRemaining()) return values;
    return ofLengthOne(values, room(values));
  }

  /** For as many values; of a matrix no chunk is larger than the first. */
  private FloatBuffer room(FloatBuffer values) {
    return Vectors.allocate(values.remaining() / dimension, dimension).chunk(0);
  }

  private FloatBuffer ofLengthOne(FloatBuffer values, FloatBuffer room) {
    FloatBuffer copy = room.clear().put(values).flip();
    Vectors.wrap(copy, dimension).normalize();
    return copy;
  }

  /** The filter as FAISS's selector wants it, or null for none. */
  private @Nullable ByteBuffer bitmap(OrdinalSet filter) {
    return filter.isAll() ? null : bits(filter);
  }

  /** One bit for each ordinal. */
  private ByteBuffer bits(OrdinalSet ordinals) {
    long[] words = ordinals.toBitmap(next);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.max(8, Math.multiplyExact(words.length, 8)))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return bytes;
  }

  @Override
  public void save(Path file) {
    held.reading(
        "save",
        index -> {
          IndexFile.write(new IndexFile.Contents(index, dimension, metric, next, label), file);
          return true;
        });
  }

  @Override
  public void close() {
    held.close();
  }

  private static int code(Metric metric) {
    return metric == Metric.L2 ? Faiss.METRIC_L2 : Faiss.METRIC_INNER_PRODUCT;
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
