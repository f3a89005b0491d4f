package io.earthembed.faiss;

import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.PersistentIndex;
import io.earthembed.index.ScoreField;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;

/**
 * A FAISS index whose vectors stay in its file and are mapped; {@link FaissIndex#open} makes it. It
 * is searched as a {@link FaissIndex} is, and takes no additions: {@link FaissIndex#load} reads the
 * same file into one that does. Safe for many threads.
 */
public final class MappedFaissIndex implements PersistentIndex {
  final IndexState state;
  private final IndexSearcher searcher;

  MappedFaissIndex(IndexFile.Contents contents) {
    this.state = new IndexState(contents);
    this.searcher = new IndexSearcher(state);
  }

  /**
   * Copies the index to a GPU, or frees the copy; see {@link FaissIndex#setDevice}.
   *
   * @throws EarthEmbedException naming what is missing, if a GPU was asked for and cannot be used
   */
  public void setDevice(Device device) {
    state.memory.setDevices(Placement.REPLICAS, List.of(device));
  }

  /**
   * Copies the index to several GPUs; see {@link FaissIndex#setDevices}.
   *
   * @throws IllegalArgumentException if there is no device, one that is no GPU, or one twice
   * @throws EarthEmbedException naming what is missing, if a GPU cannot be used
   */
  public void setDevices(Placement placement, Device... devices) {
    state.memory.setDevices(placement, FaissIndex.gpus(devices));
  }

  /**
   * Keeps a copy of the vectors of a flat index in 8 bits, or drops it; see {@link
   * FaissIndex#setQuantizedCopy}. The floats stay in the file.
   *
   * @throws IllegalArgumentException if the index is not flat
   */
  public void setQuantizedCopy(boolean kept) {
    state.memory.setQuantizedCopy(kept);
  }

  /**
   * Fails unless the index is labelled with a model, so that it is not searched with vectors of
   * another.
   *
   * @param model as {@link IndexLabel#model} names it
   * @return this index
   * @throws IllegalArgumentException naming both models if they differ
   */
  public MappedFaissIndex requireModel(String model) {
    state.requireModel(model);
    return this;
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

  /**
   * Returns the score of every vector, for a map, by a quantized copy if there is one; see {@link
   * FaissIndex#scoreField}.
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
  public IndexLabel label() {
    return state.label();
  }

  @Override
  public void label(IndexLabel label) {
    state.label(label);
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
    return "MappedFaissIndex[" + state.metric + ", " + state.dimension + "-d]";
  }
}
