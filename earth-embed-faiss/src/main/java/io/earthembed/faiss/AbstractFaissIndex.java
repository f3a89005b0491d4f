package io.earthembed.faiss;

import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.PersistentIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;

/** The part of a FAISS index that is alike whether its vectors are in memory or mapped. */
abstract sealed class AbstractFaissIndex implements PersistentIndex
    permits FaissIndex, MappedFaissIndex {
  final IndexState state;
  private final IndexSearcher searcher;

  AbstractFaissIndex(IndexFile.Contents contents) {
    this.state = new IndexState(contents);
    this.searcher = new IndexSearcher(state);
  }

  /**
   * Copies the index to a GPU, or frees the copy. Searches without a filter then run there, one
   * thread at a time. The index in memory stays, and answers searches with filters, score fields,
   * and what only the CPU can decide: ties at the k-th place, and more than 2,048 hits or cells.
   * Scores of the GPU may differ from the CPU's in the last digits. The index takes no changes
   * while it has a copy.
   *
   * @param device {@link Device#cuda} to copy, {@link Device#cpu} to free the copy; {@link
   *     Device#auto} copies if that is possible, and logs the reason if it is not
   * @throws EarthEmbedException naming what is missing, if a GPU was asked for and cannot be used:
   *     the native library is built with CUDA only by the Maven profile {@code cuda}
   */
  public void setDevice(Device device) {
    state.memory.setDevice(device);
  }

  @Override
  public IndexLabel label() {
    return state.label();
  }

  @Override
  public void label(IndexLabel label) {
    state.label(label);
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
    return getClass().getSimpleName() + "[" + state.metric + ", " + state.dimension + "-d]";
  }
}
