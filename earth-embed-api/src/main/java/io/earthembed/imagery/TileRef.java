package io.earthembed.imagery;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Locates the pixels of a tile: a shard and its row group that holds the tile's one row. This is
 * MajorTOM's {@code parquet_url} and {@code parquet_row}; the latter is a row-group index, not a
 * row offset. Two references are equal if their shards and row groups are equal; hints are ignored.
 *
 * @param shard http, https or file URL of a Parquet file, or another URI that the store resolves
 * @param rowGroup 0 or more
 * @param hint saves the store a look-up; null if there is none
 */
public record TileRef(URI shard, int rowGroup, @Nullable Hint hint) {
  /** Checks its arguments. */
  public TileRef {
    Objects.requireNonNull(shard, "shard");
    if (rowGroup < 0) throw new IllegalArgumentException("negative rowGroup: " + rowGroup);
  }

  /** Creates a reference without a hint. */
  public TileRef(URI shard, int rowGroup) {
    this(shard, rowGroup, null);
  }

  /**
   * A store's knowledge of a tile before it reads, such as the byte ranges of its columns. Only the
   * store that made a hint can use it; other stores ignore it. Implementations are immutable.
   */
  public interface Hint {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TileRef that && rowGroup == that.rowGroup && shard.equals(that.shard);
  }

  @Override
  public int hashCode() {
    return 31 * shard.hashCode() + rowGroup;
  }

  /** Returns the shard without its query, which may be a signature, and the row group. */
  @Override
  public String toString() {
    return Addresses.redacted(shard) + "#" + rowGroup;
  }
}
