package io.earthembed.catalog;

import io.earthembed.io.Addresses;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the pixels of a tile are: a shard and the row group in it that holds the tile's one row.
 * This is MajorTOM's {@code parquet_url} and {@code parquet_row}; the latter is a row-group index,
 * not a row offset. Two are equal if shard and row group are, whatever is known of the bytes.
 *
 * @param shard http, https or file URL of a Parquet file, or another that the store can find
 * @param rowGroup 0 or more
 * @param bytes where the row group's columns lie, which spares a reader the shard's footer; null
 *     where unknown
 */
public record TileRef(URI shard, int rowGroup, @Nullable TileBytes bytes) {
  /** Checks its arguments. */
  public TileRef {
    Objects.requireNonNull(shard, "shard");
    if (rowGroup < 0) throw new IllegalArgumentException("negative rowGroup: " + rowGroup);
  }

  /** A reference that says nothing of the bytes. */
  public TileRef(URI shard, int rowGroup) {
    this(shard, rowGroup, null);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TileRef that && rowGroup == that.rowGroup && shard.equals(that.shard);
  }

  @Override
  public int hashCode() {
    return 31 * shard.hashCode() + rowGroup;
  }

  /** Without the query, which may be a signature. */
  @Override
  public String toString() {
    return Addresses.shown(shard) + "#" + rowGroup;
  }
}
