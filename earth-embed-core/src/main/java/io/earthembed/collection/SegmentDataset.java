package io.earthembed.collection;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Vectors;
import java.util.function.Consumer;

/**
 * The embeddings of a segment, for a {@link SegmentIndexer}.
 *
 * @param origin of the collection
 * @param catalog of the segment
 * @param vectors all vectors of the segment
 */
record SegmentDataset(EmbeddingOrigin origin, TileCatalog catalog, VectorFile vectors)
    implements EmbeddingDataset {
  @Override
  public ModelInfo model() {
    return origin.model();
  }

  @Override
  public void forEachBatch(Consumer<Vectors> batches) {
    vectors.forEachBatch(batches);
  }
}
