package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Vectors;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The vectors of an explorer as a dataset.
 *
 * @param catalog the tiles that the explorer had when the dataset was made
 * @param views opens the explorer's current tiles
 */
record IndexDataset(ModelInfo model, TileCatalog catalog, Supplier<Searched.View> views)
    implements EmbeddingDataset {
  private static final int BATCH = 1024;

  @Override
  public Attribution attribution() {
    return catalog.attribution();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the explorer's tiles have changed since, or it is closed
   */
  @Override
  public void forEachBatch(Consumer<Vectors> batches) {
    try (Searched.View now = views.get()) {
      if (now.catalog() != catalog) {
        throw new IllegalStateException(
            "the explorer's tiles have changed: take its embeddings again");
      }
      forEachBatch(now.index(), batches);
    }
  }

  private void forEachBatch(EmbeddingIndex index, Consumer<Vectors> batches) {
    float[] row = new float[index.dimension()];
    for (long from = 0; from < catalog.size(); from += BATCH) {
      Vectors batch = Vectors.allocate(Math.min(BATCH, catalog.size() - from), row.length);
      for (long i = 0; i < batch.rows(); i++) {
        index.reconstruct(from + i, row);
        batch.set(i, row);
      }
      batches.accept(batch);
    }
  }
}
