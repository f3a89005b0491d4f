package io.earthembed.faiss;

import io.earthembed.index.EmbeddingIndex;
import io.earthembed.testkit.EmbeddingIndexContract;
import io.earthembed.vector.Metric;
import java.nio.file.Path;

/** Visiting every cell, an inverted file must be as exact as a flat index. */
class FaissIvfContractTest extends EmbeddingIndexContract {
  @Override
  protected EmbeddingIndex create(int dimension, Metric metric) {
    return FaissIndex.trained(random(400, dimension, 99), metric, FaissSpec.ivf(8).withNprobe(8));
  }

  @Override
  protected EmbeddingIndex load(Path file) {
    return FaissIndex.load(file);
  }
}
