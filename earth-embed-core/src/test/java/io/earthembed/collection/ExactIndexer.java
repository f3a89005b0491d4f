package io.earthembed.collection;

import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.index.PersistentIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;

/** Writes an index file for a segment, as a library of indexes would. */
final class ExactIndexer {
  private ExactIndexer() {}

  static PersistentIndex build(EmbeddingDataset segment, Metric metric) {
    ExactIndex index = new ExactIndex(segment.model().dimension(), metric);
    segment.forEachBatch(index::add);
    return index;
  }
}
