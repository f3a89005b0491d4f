package io.earthembed.catalog;

import io.earthembed.ModelInfo;
import io.earthembed.vector.Vectors;
import java.util.function.Consumer;

/**
 * Embeddings at rest, and what they are embeddings of. Row i of the vectors is ordinal i of the
 * catalog. Safe for many threads.
 */
public interface EmbeddingDataset {
  /** The model that made the embeddings. */
  ModelInfo model();

  /** How they were made, as far as the dataset tells. */
  default EmbeddingOrigin origin() {
    return EmbeddingOrigin.of(model());
  }

  /** What each ordinal means, in memory. */
  TileCatalog catalog();

  /**
   * Streams the embeddings, in order of ordinals, a batch at a time: what an index is filled with.
   * A batch may be used until the consumer returns.
   *
   * @param batches takes [n, dimension] float32 batches, each as stored (L2-normalised if its
   *     model's are)
   * @throws io.earthembed.EarthEmbedException if the data cannot be read or are damaged
   */
  void forEachBatch(Consumer<Vectors> batches);
}
