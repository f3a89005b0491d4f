package io.earthembed.testkit;

import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import java.nio.file.Path;

/** The reference keeps its own contract. */
class ExactIndexContractTest implements MutableIndexContract, PersistentIndexContract {
  @Override
  public ExactIndex create(int dimension, Metric metric) {
    return new ExactIndex(dimension, metric);
  }

  @Override
  public ExactIndex load(Path file) {
    return ExactIndex.load(file);
  }
}
