package io.earthembed.catalog;

import java.net.URI;
import java.util.Objects;

/**
 * Where the pixels of a tile are: a shard and the row group in it that holds the tile's one row.
 * This is MajorTOM's {@code parquet_url} and {@code parquet_row}; the latter is a row-group index,
 * not a row offset.
 *
 * @param shard http, https or file URL of a Parquet file
 * @param rowGroup 0 or more
 */
public record TileRef(URI shard, int rowGroup) {
  /** Checks its arguments. */
  public TileRef {
    Objects.requireNonNull(shard, "shard");
    if (rowGroup < 0) throw new IllegalArgumentException("negative rowGroup: " + rowGroup);
  }

  @Override
  public String toString() {
    return shard + "#" + rowGroup;
  }
}
