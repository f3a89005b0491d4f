package io.earthembed.faiss;

import io.earthembed.index.EmbeddingIndex;
import io.earthembed.testkit.EmbeddingIndexContract;
import io.earthembed.vector.Metric;
import java.nio.file.Path;

class FaissFlatContractTest extends EmbeddingIndexContract {
  @Override
  protected EmbeddingIndex create(int dimension, Metric metric) {
    return FaissIndex.flat(dimension, metric);
  }

  @Override
  protected EmbeddingIndex load(Path file) {
    return FaissIndex.load(file);
  }
}
