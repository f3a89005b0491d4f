package io.earthembed.testkit;

import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.index.builtin.GrowingShardedIndex;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Metric;
import java.nio.file.Path;
import java.util.List;

/** Additions go to the last shard: the one before it stays empty here. */
class GrowingShardedIndexContractTest implements MutableIndexContract, PersistentIndexContract {
  @Override
  public GrowingShardedIndex create(int dimension, Metric metric) {
    return ShardedIndex.growing(
        List.of(new ExactIndex(dimension, metric), new ExactIndex(dimension, metric)));
  }

  @Override
  public GrowingShardedIndex load(Path file) {
    return ShardedIndex.loadGrowing(file, ExactIndex::load);
  }
}
