package io.earthembed.dataset;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Vectors;
import java.util.function.Consumer;

/** Vectors in memory with their tiles. */
record MemoryDataset(ModelInfo model, TileRecords catalog, Vectors vectors)
    implements EmbeddingDataset {
  MemoryDataset {
    if (catalog.size() != vectors.rows()) {
      throw new IllegalArgumentException(
          catalog.size() + " tiles but " + vectors.rows() + " vectors");
    }
    if (vectors.dimension() != model.dimension()) {
      throw new IllegalArgumentException(
          "vectors has dimension " + vectors.dimension() + ", the model " + model.dimension());
    }
  }

  @Override
  public void forEachBatch(Consumer<Vectors> batches) {
    batches.accept(vectors);
  }
}
