package io.earthembed.faiss;

import io.earthembed.testkit.EmbeddingIndexContract;
import io.earthembed.testkit.MutableIndexContract;
import io.earthembed.testkit.PersistentIndexContract;
import io.earthembed.vector.Metric;
import java.nio.file.Path;

/** Visiting every cell, an inverted file must be as exact as a flat index. */
class FaissIvfContractTest implements MutableIndexContract, PersistentIndexContract {
  @Override
  public FaissIndex create(int dimension, Metric metric) {
    return FaissIndex.trained(
        EmbeddingIndexContract.random(400, dimension, 99), metric, FaissSpec.ivf(8).withNprobe(8));
  }

  @Override
  public FaissIndex load(Path file) {
    return FaissIndex.load(file);
  }
}
