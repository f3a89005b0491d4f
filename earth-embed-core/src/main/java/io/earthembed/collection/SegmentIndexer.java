package io.earthembed.collection;

import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.index.PersistentIndex;
import io.earthembed.vector.Metric;

/**
 * Builds the index of a segment. Called by the thread that adds tiles and by the thread that merges
 * segments, perhaps at once.
 */
@FunctionalInterface
public interface SegmentIndexer {
  /**
   * Returns a new index of all embeddings of a segment, in their order. The caller saves and closes
   * it; {@link io.earthembed.index.builtin.IndexFiles} must be able to open the file.
   *
   * @param segment the embeddings; their number tells whether a kind of index pays off
   * @param metric the metric of the collection
   */
  PersistentIndex build(EmbeddingDataset segment, Metric metric);
}
