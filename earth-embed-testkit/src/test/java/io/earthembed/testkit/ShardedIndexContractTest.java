package io.earthembed.testkit;

import io.earthembed.EmbeddingIndex;
import io.earthembed.vector.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.ShardedIndex;
import java.nio.file.Path;
import java.util.List;

/** Additions go to the last shard: the ones before it stay empty here. */
class ShardedIndexContractTest extends EmbeddingIndexContract {
  @Override
  protected EmbeddingIndex create(int dimension, Metric metric) {
    return ShardedIndex.of(
        List.of(new ExactIndex(dimension, metric), new ExactIndex(dimension, metric)));
  }

  @Override
  protected EmbeddingIndex load(Path file) {
    return ShardedIndex.load(file, ExactIndex::load);
  }
}
