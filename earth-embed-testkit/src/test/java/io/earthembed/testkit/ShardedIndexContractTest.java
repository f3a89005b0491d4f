package io.earthembed.testkit;

import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;

/** A third of the vectors is in the first shard, none in the second. */
class ShardedIndexContractTest implements PersistentIndexContract {
  @Override
  public ShardedIndex holding(Vectors vectors, Metric metric) {
    List<ExactIndex> shards =
        List.of(
            new ExactIndex(vectors.dimension(), metric),
            new ExactIndex(vectors.dimension(), metric),
            new ExactIndex(vectors.dimension(), metric));
    for (int i = 0; i < vectors.rows(); i++) {
      shards.get(i < vectors.rows() / 3 ? 0 : 2).add(Vectors.of(vectors.row(i)));
    }
    return ShardedIndex.of(shards);
  }

  @Override
  public ShardedIndex load(Path file) {
    return ShardedIndex.load(file, ExactIndex::load);
  }
}
