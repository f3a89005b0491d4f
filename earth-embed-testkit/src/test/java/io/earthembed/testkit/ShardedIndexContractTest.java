package io.earthembed.testkit;

import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Metric;
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
