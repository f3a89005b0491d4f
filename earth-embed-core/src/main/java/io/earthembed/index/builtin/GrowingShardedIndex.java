package io.earthembed.index.builtin;

import io.earthembed.base.thread.Lifetime;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.Vectors;
import java.util.List;

/**
 * A {@link ShardedIndex} whose last shard takes additions. Safe for many threads; {@link #save} and
 * additions wait for one another.
 */
public final class GrowingShardedIndex extends ShardedIndex implements MutableIndex {
  private final MutableIndex last;

  GrowingShardedIndex(List<Shard> shards, IndexLabel label, MutableIndex last) {
    super(shards, label);
    this.last = last;
  }

  @Override
  public void add(Vectors vectors) {
    try (Lifetime.Scope open = lifetime.use()) {
      synchronized (growing) {
        last.add(vectors);
      }
    }
  }

  @Override
  public void add(QuantizedVectors vectors) {
    try (Lifetime.Scope open = lifetime.use()) {
      synchronized (growing) {
        last.add(vectors);
      }
    }
  }
}
