package io.earthembed.faiss;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.LayeredIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.PersistentIndex;
import io.earthembed.index.ScoreField;
import io.earthembed.internal.Checks;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;

/**
 * A FAISS index in native memory.
 *
 * <p>A {@link FaissSpec} names its kind. {@link #flat} compares a query with every vector and is
 * exact, as are {@link FaissSpec#int8} and {@link FaissSpec#binary} over the rounded vectors.
 * Inverted files look at the {@code nprobe} of {@code nlist} cells nearest to the query, with whole
 * or shortened vectors; graphs (HNSW) look at the vectors that a walk meets. {@link #recommended}
 * chooses a kind by number, dimension and memory.
 *
 * <p>Filters go into the search. If fewer than one vector in a hundred passes, or a search finds
 * fewer than there are to find, all that pass are scored one by one, so that no filter costs
 * recall. {@link #searchAbove} always looks at every vector. Scores are those of the vectors as the
 * index stores them, except that a search of codes packed for fast scan ({@code x4fs}) without
 * re-ranking finds them by rounded tables. Equal scores are ordered by ordinal. If ties straddle
 * the k-th place, every kind but that one returns the smaller ordinals; an approximate search may
 * miss an equal vector as it may miss any other.
 *
 * <p>Searches run concurrently from many threads; together they use {@link #setThreads} threads.
 * {@link #add}, {@link #train}, {@link #remove} and {@link #close} wait for them. If its thread is
 * interrupted, a batch ends between its parts with an {@link EarthEmbedException}, and keeps the
 * thread's interrupted state; {@link #train} and {@link #add} end so when FAISS next checks. An
 * index that was never closed is freed after garbage collection, with a warning.
 *
 * <p>Failures of FAISS are {@link EarthEmbedException}s.
 */
public final class FaissIndex implements MutableIndex, PersistentIndex {
  private final IndexState state;
  private final IndexSearcher searcher;
  private final IndexUpdater updater;

  private FaissIndex(IndexFile.Contents contents) {
    this.state = new IndexState(contents);
    this.searcher = new IndexSearcher(state);
    this.updater = new IndexUpdater(state);
  }

  /**
   * Makes an empty exact index: it compares a query with every vector.
   *
   * @param dimension 1 or more
   * @param metric how scores are computed
   * @throws EarthEmbedException if there is no native library for this machine
   */
  public static FaissIndex flat(int dimension, Metric metric) {
    return create(dimension, metric, FaissSpec.flat());
  }

  /**
   * Makes an empty index. Kinds with cells or codes need {@link #train} before {@link #add}.
   *
   * @param dimension 1 or more
   * @param metric how scores are computed
   * @param spec the kind, and the default effort of searches
   * @throws IllegalArgumentException if the spec does not fit the dimension, FAISS does not
   *     understand it, or its kind is refused (see {@link FaissSpec#factory})
   * @throws EarthEmbedException if there is no native library for this machine
   */
  public static FaissIndex create(int dimension, Metric metric, FaissSpec spec) {
    Checks.positive("dimension", dimension);
    spec.requireDimension(dimension);
    LayeredIndex made = make(dimension, metric, spec);
    FaissIndex index =
        new FaissIndex(new IndexFile.Contents(made, dimension, metric, 0, IndexLabel.NONE));
    index.updater.setEffort(spec.effort());
    return index;
  }

  /**
   * Makes an empty index and trains it, if its kind needs that.
   *
   * @param sample the vectors in which cells and codes are found, at most 1 GiB; at least nlist
   *     vectors, and 39 or more for each cell for good cells. They are not added.
   * @param metric how scores are computed
   * @param spec the kind, and the default effort of searches
   * @throws IllegalArgumentException if the sample is too small or not finite, or for the reasons
   *     of {@link #create}
   */
  public static FaissIndex trained(Vectors sample, Metric metric, FaissSpec spec) {
    spec.requireSample(sample.rows());
    FaissIndex index = create(sample.dimension(), metric, spec);
    try {
      if (!index.isTrained()) index.train(sample);
      return index;
    } catch (RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /** Makes FAISS's index; the caller frees it. */
  private static LayeredIndex make(int dimension, Metric metric, FaissSpec spec) {
    NativeFaiss.load();
    boolean inner = metric != Metric.L2;
    try {
      LayeredIndex index = Faiss.make_index(dimension, spec.description(metric), inner);
      // NativeIndex frees it, not JavaCPP.
      index.deallocate(false);
      return index;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("description '" + spec + "': " + NativeFaiss.reason(e), e);
    }
  }

  /**
   * Recommends a kind of index.
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
    return new FaissIndex(IndexFile.read(file, false));
  }

  /**
   * Opens an index that {@link #save} wrote and maps its vectors, so that it opens at once and
   * shares the system's cache. The file must not be changed in place while the index is open
   * (replacing it, as {@link #save} does, is harmless). The checksum is verified first, except for
   * the vectors of a flat index, whose damage changes only scores: {@link #load} verifies these
   * too.
   *
   * @throws CorruptDataException if the file is not such an index, or damaged
   * @throws EarthEmbedException if it cannot be read
   */
  public static MappedFaissIndex open(Path file) {
    NativeFaiss.load();
    return new MappedFaissIndex(IndexFile.read(file, true));
  }

  /**
   * Opens an index as {@link #open(Path)} does, and requires that it is of a kind.
   *
   * @param spec the expected kind; its effort is not compared, because it is a setting of searches
   * @throws IllegalArgumentException naming the file if its layers, cells, links or bytes of a
   *     vector are not those of the spec
   * @throws CorruptDataException if the file is not such an index, or damaged
   * @throws EarthEmbedException if it cannot be read
   */
  public static MappedFaissIndex open(Path file, FaissSpec spec) {
    MappedFaissIndex index = open(file);
    try {
      if (!isOf(index.state, spec)) {
        throw new IllegalArgumentException(file + ": the index is not of the kind " + spec);
      }
      return index;
    } catch (RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /**
   * Opens an index as {@link #open(Path)} does, and copies it to a GPU as {@link #setDevice} does.
   *
   * @param device where it is searched
   * @throws CorruptDataException if the file is not such an index, or damaged
   * @throws EarthEmbedException if it cannot be read; or, naming what is missing, if a GPU was
   *     asked for and cannot be used
   */
  public static MappedFaissIndex open(Path file, Device device) {
    MappedFaissIndex index = open(file);
    try {
      index.setDevice(device);
      return index;
    } catch (RuntimeException e) {
      index.close();
      throw e;
    }
  }

  private static boolean isOf(IndexState state, FaissSpec spec) {
    LayeredIndex expected = make(state.dimension, state.metric, spec);
    try {
      return state.memory.reading("open", index -> Faiss.same_kind(index, expected));
    } finally {
      Faiss.destroy(expected);
    }
  }

  /**
   * Reads a file that FAISS itself wrote, in Python for example. FAISS's format carries no
   * checksum: read only files that are known to be whole. Ids must be ordinals, from 0 to 2^31 - 2,
   * each at most once; gaps are vectors that were removed.
   *
   * @throws CorruptDataException if an id is not an ordinal, or two vectors have the same id
   * @throws EarthEmbedException if FAISS cannot read it, or its kind is refused
   */
  public static FaissIndex loadPlain(Path file) {
    NativeFaiss.load();
    return new FaissIndex(IndexFile.readPlain(file));
  }

  /**
   * Sets how many threads all searches together may use (default: all processors). ONNX Runtime has
   * a pool of its own: programs that encode and search at once share the processors out between
   * {@code EncoderOptions} and this.
   *
   * @param count 1 or more
   */
  public static void setThreads(int count) {
    Checks.positive("count", count);
    NativeFaiss.load();
    NativeIndex.setThreads(count);
  }

  /**
   * Copies the index to a GPU, or frees the copy. Flat indexes and inverted files of whole vectors,
   * SQ8, SQfp16 or PQ codes have a form there. Searches without a filter then run on the GPU, one
   * thread at a time. The index in memory stays, and answers searches with filters (FAISS 1.12 has
   * none on GPUs without cuVS), score fields, and what only the CPU can decide: ties at the k-th
   * place, and more than 2,040 hits or 2,048 cells. Scores of the GPU may differ from the CPU's in
   * the last digits. The index takes no changes while it has a copy.
   *
   * <p>It is not known from which number of queries in a batch a GPU is faster than the processors,
   * so {@link #recommended} does not ask for one: {@code ./run gpu} measures it on a machine.
   *
   * @param device {@link Device#cuda} to copy, {@link Device#cpu} to free the copy; {@link
   *     Device#auto} copies if that is possible, and logs the reason if it is not
   * @throws EarthEmbedException naming what is missing, if a GPU was asked for and cannot be used:
   *     GPUs need earth-embed-faiss with the classifier {@code linux-x86_64-cuda}, NVIDIA's driver,
   *     and the libraries of CUDA
   */
  public void setDevice(Device device) {
    state.memory.setDevices(Placement.REPLICAS, List.of(device));
  }

  /**
   * Copies the index to several GPUs, in place of a copy that {@link #setDevice} made and with the
   * same limits. With {@link Placement#REPLICAS} a batch is shared out among them; with {@link
   * Placement#SHARDS} the index may be larger than the memory of one.
   *
   * @param placement what each GPU gets
   * @param devices one or more, each {@link Device#cuda}
   * @throws IllegalArgumentException if there is no device, one that is no GPU, or one twice
   * @throws EarthEmbedException naming what is missing, if a GPU cannot be used
   */
  public void setDevices(Placement placement, Device... devices) {
    state.memory.setDevices(placement, gpus(devices));
  }

  /** Returns the devices, after checking that they are different GPUs. */
  static List<Device> gpus(Device... devices) {
    List<Device> list = List.of(devices);
    if (list.isEmpty()) throw new IllegalArgumentException("devices is empty");
    for (Device device : list) {
      if (device.kind() != Device.Kind.CUDA) {
        throw new IllegalArgumentException("devices has " + device + ", which is no GPU");
      }
    }
    if (list.stream().distinct().count() < list.size()) {
      throw new IllegalArgumentException("devices has a GPU twice: " + list);
    }
    return list;
  }

  /**
   * Keeps a copy of the vectors of a flat index in 8 bits a component, or drops it (default: none).
   * Searches then read the copy, which says by a proven bound what vectors can be among the best,
   * and only the floats of these. Results are the same to the last bit. If many vectors can be
   * found, a search reads all floats, as it does without a copy.
   *
   * <p>The copy takes about dimension + 16 bytes a vector. It is made by all threads, grows with
   * the index, and is not saved. Without AVX2, or for more than 65,536 components, there is none:
   * it would not help. Processors with AVX-512's VNNI use that.
   *
   * @param kept whether to keep a copy
   * @throws IllegalArgumentException if the index is not flat
   */
  public void setQuantizedCopy(boolean kept) {
    state.memory.setQuantizedCopy(kept);
  }

  /**
   * Returns whether FAISS's native library is on the class path and loads on this machine. The
   * system's other indexes, such as {@code ExactIndex}, need none.
   */
  public static boolean isAvailable() {
    return NativeFaiss.isAvailable();
  }

  /** Returns which build of FAISS runs here: {@code cuda}, {@code avx2} or {@code generic}. */
  public static String variant() {
    return NativeFaiss.load();
  }

  @Override
  public IndexLabel label() {
    return state.label();
  }

  @Override
  public void label(IndexLabel label) {
    state.label(label);
  }

  /**
   * Fails unless the index is labelled with a model, so that it is not searched with vectors of
   * another.
   *
   * @param model as {@link IndexLabel#model} names it
   * @return this index
   * @throws IllegalArgumentException naming both models if they differ
   */
  public FaissIndex requireModel(String model) {
    state.requireModel(model);
    return this;
  }

  /** Returns whether vectors can be added: kinds with cells or codes are trained first. */
  public boolean isTrained() {
    return state.memory.reading("isTrained", LayeredIndex::is_trained);
  }

  /**
   * Finds cells and codes in a sample, which is not added.
   *
   * @param sample [n, dimension], finite, at most 1 GiB
   * @throws EarthEmbedException if FAISS cannot train on it, for example because it is too small,
   *     or the thread is interrupted
   * @throws IllegalStateException if the index holds vectors
   */
  public void train(Vectors sample) {
    updater.train(sample, toString());
  }

  @Override
  public int dimension() {
    return state.dimension;
  }

  @Override
  public Metric metric() {
    return state.metric;
  }

  @Override
  public long size() {
    return state.size();
  }

  @Override
  public long ordinalEnd() {
    return state.ordinalEnd();
  }

  /**
   * {@inheritDoc}
   *
   * <p>All vectors are added or none, unless FAISS fails or is interrupted midway: then the index
   * can only be closed and loaded again.
   */
  @Override
  public void add(Vectors vectors) {
    updater.add(vectors);
  }

  /**
   * {@inheritDoc}
   *
   * <p>{@link FaissSpec#int8} keeps integers of 8 bits as they are, {@link FaissSpec#binary} keeps
   * bits; all other kinds store the floats.
   *
   * @throws IllegalArgumentException as for floats; or if an index of {@link FaissSpec#int8} holds
   *     vectors with a scale per component, or signed squares, and these vectors have others
   */
  @Override
  public void add(QuantizedVectors vectors) {
    updater.add(vectors);
  }

  /**
   * Moves the vectors of another index to the end of this one; the other is empty afterwards. This
   * builds a large index in parts: every machine loads the same trained index, adds its share and
   * saves it; one machine then merges the parts in order, without coding a vector again.
   *
   * <p>The vector with the other's ordinal i gets this index's next ordinal + i.
   *
   * @param other of the same kind, and trained alike: copies of one trained index
   * @throws IllegalArgumentException if the two differ in kind or training, or are labelled with
   *     different models or datasets; neither is changed then
   * @throws EarthEmbedException if there is no memory for it; neither is changed then
   * @throws IllegalStateException if either is closed
   */
  public void mergeFrom(FaissIndex other) {
    updater.mergeFrom(other.state);
  }

  /**
   * Removes vectors. The others keep their ordinals, and removed ordinals are not given again:
   * {@link #ordinalEnd} stays. An {@code EarthExplorer} takes no such index.
   *
   * @param ordinals which; ordinals without a vector are ignored
   * @return how many vectors were removed
   * @throws UnsupportedOperationException unless the index is an inverted file without re-ranking:
   *     FAISS would give the others new ordinals, or cannot remove at all
   */
  public long remove(OrdinalSet ordinals) {
    return updater.remove(ordinals);
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    return searcher.search(queries, k, filter, SearchEffort.DEFAULT);
  }

  /**
   * Finds the best k for each query, with an effort of its own.
   *
   * @param queries [q, dimension] float32, every component finite
   * @param k at least 1
   * @param filter which ordinals may be returned
   * @param effort how hard this search tries
   */
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter, SearchEffort effort) {
    return searcher.search(queries, k, filter, effort);
  }

  @Override
  public Neighbors search(float[] query, int k, OrdinalSet filter) {
    return searcher.search(query, k, filter);
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    return searcher.searchAbove(query, minScore, filter);
  }

  /**
   * Returns the score of every vector, for a map. If the index keeps a quantized copy, the scores
   * are estimates by that copy alone, and {@link ScoreField#maxError} bounds how far one may be
   * off: about a hundredth for unit vectors. Most are off by a few ten-thousandths, which no map
   * shows. Otherwise the scores are exact. Ranked lists need {@link #search}, which is always
   * exact.
   *
   * @param query length dimension, finite
   * @return a score for each ordinal; negative infinity for removed vectors
   */
  @Override
  public ScoreField scoreField(float[] query) {
    return searcher.scoreField(query);
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    searcher.reconstruct(ordinal, into);
  }

  @Override
  public void save(Path file) {
    state.save(file);
  }

  @Override
  public void close() {
    state.memory.close();
  }

  @Override
  public String toString() {
    return "FaissIndex[" + state.metric + ", " + state.dimension + "-d]";
  }
}
