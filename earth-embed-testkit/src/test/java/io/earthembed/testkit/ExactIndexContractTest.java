package io.earthembed.testkit;

import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import java.nio.file.Path;

/** The reference keeps its own contract. */
class ExactIndexContractTest extends EmbeddingIndexContract {
  @Override
  protected EmbeddingIndex create(int dimension, Metric metric) {
    return new ExactIndex(dimension, metric);
  }

  @Override
  protected EmbeddingIndex load(Path file) {
    return ExactIndex.load(file);
  }
}
