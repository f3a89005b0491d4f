package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Vectors;
import java.util.function.Consumer;

/** The vectors of an index as a dataset. */
record IndexDataset(ModelInfo model, TileCatalog catalog, EmbeddingIndex index)
    implements EmbeddingDataset {
  private static final int BATCH = 1024;

  @Override
  public Attribution attribution() {
    return catalog.attribution();
  }

  @Override
  public void forEachBatch(Consumer<Vectors> batches) {
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
