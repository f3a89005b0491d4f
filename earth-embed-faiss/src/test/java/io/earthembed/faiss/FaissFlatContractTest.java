package io.earthembed.faiss;

import io.earthembed.testkit.MutableIndexContract;
import io.earthembed.testkit.PersistentIndexContract;
import io.earthembed.vector.Metric;
import java.nio.file.Path;

class FaissFlatContractTest implements MutableIndexContract, PersistentIndexContract {
  @Override
  public FaissIndex create(int dimension, Metric metric) {
    return FaissIndex.flat(dimension, metric);
  }

  @Override
  public FaissIndex load(Path file) {
    return FaissIndex.load(file);
  }
}
