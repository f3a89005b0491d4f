package io.earthembed.parquet;

import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRef;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The byte ranges of a row group's columns in a shard, as a metadata index stores them. They are
 * valid for one version of the shard: a reader compares its length and version.
 *
 * @param shardLength bytes of the whole shard
 * @param shardVersion its strong ETag, or null if it has none
 * @param identity the tile there, or null if it must be read from the shard
 * @param columns by name; some of the shard's columns may be missing
 */
public record ColumnRanges(
    long shardLength,
    @Nullable String shardVersion,
    @Nullable Identity identity,
    Map<String, Column> columns)
    implements TileRef.Hint {
  /** Checks its arguments. */
  public ColumnRanges {
    columns = Map.copyOf(columns);
    for (Column column : columns.values()) {
      if (column.offset() > shardLength - column.length()) {
        throw new IllegalArgumentException(column + " ends after byte " + shardLength);
      }
    }
  }

  /** Returns the ranges that a reference carries, or null if it carries none. */
  static @Nullable ColumnRanges of(TileRef tile) {
    return tile.hint() instanceof ColumnRanges ranges ? ranges : null;
  }

  /**
   * The tile in a row group.
   *
   * @param cell its Major TOM grid cell
   * @param productId the product it was cut from
   * @param timestamp time of sensing, UTC, or null if unknown
   */
  public record Identity(GridCell cell, String productId, @Nullable Instant timestamp) {}

  /**
   * One column chunk of one value.
   *
   * @param offset of its first page, which is the dictionary if there is one
   * @param length stored bytes
   * @param codec Parquet's name of its compression, such as SNAPPY
   * @param nullable whether its pages have definition levels
   */
  public record Column(long offset, int length, String codec, boolean nullable) {
    /** Checks its arguments. */
    public Column {
      Objects.requireNonNull(codec, "codec");
      if (offset < 0 || length < 0) {
        throw new IllegalArgumentException("negative offset or length: " + offset + ", " + length);
      }
    }
  }
}
