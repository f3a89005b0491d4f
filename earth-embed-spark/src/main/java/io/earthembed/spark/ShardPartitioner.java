package io.earthembed.spark;

import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.Partitioner;

/** Gives each partition whole shards. The numbers of shards differ by at most one. */
final class ShardPartitioner extends Partitioner {
  private static final long serialVersionUID = 1;

  private final Map<String, Integer> partitions = new HashMap<>();
  private final int count;

  /**
   * A tile's position in the order of the partitions.
   *
   * @param shard URL of its shard
   * @param row its row group in the shard
   */
  record Key(String shard, int row) implements Comparable<Key>, Serializable {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::shard).thenComparingInt(Key::row);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param shards all shards
   * @param most largest number of partitions, at least 1
   */
  ShardPartitioner(Set<String> shards, int most) {
    count = Math.max(1, Math.min(shards.size(), most));
    List<String> sorted = shards.stream().sorted().toList();
    for (int i = 0; i < sorted.size(); i++) {
      partitions.put(sorted.get(i), (int) ((long) i * count / sorted.size()));
    }
  }

  @Override
  public int numPartitions() {
    return count;
  }

  @Override
  public int getPartition(Object key) {
    String shard = ((Key) key).shard();
    return Objects.requireNonNull(partitions.get(shard), shard);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ShardPartitioner that
        && count == that.count
        && partitions.equals(that.partitions);
  }

  @Override
  public int hashCode() {
    return partitions.hashCode();
  }
}
