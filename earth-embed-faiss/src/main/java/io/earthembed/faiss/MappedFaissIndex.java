package io.earthembed.faiss;

import io.earthembed.index.IndexLabel;

/**
 * A FAISS index whose vectors stay in its file and are mapped; {@link FaissIndex#open} makes it. It
 * is searched as a {@link FaissIndex} is, and takes no additions: {@link FaissIndex#load} reads the
 * same file into one that does. Safe for many threads.
 */
public final class MappedFaissIndex extends AbstractFaissIndex {
  MappedFaissIndex(IndexFile.Contents contents) {
    super(contents);
  }

  /**
   * Fails unless the index is labeled with a model, so that it is not searched with vectors of
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
}
