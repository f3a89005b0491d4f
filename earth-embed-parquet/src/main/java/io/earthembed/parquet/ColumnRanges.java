package io.earthembed.parquet;

import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRef;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the columns of one row group lie in their shard, as a metadata index knows it. It holds for
 * one state of the shard only: a reader compares length and version with what it gets.
 *
 * @param shardLength bytes of the whole shard
 * @param shardVersion its strong ETag, or null where it has none
 * @param identity which tile is there, or null where that has to be read
 * @param columns by name; not all of the shard's need be there
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
   * Which tile a row group holds.
   *
   * @param cell its Major TOM grid cell
   * @param productId the product it was cut from
   * @param timestamp when it was sensed, UTC, or null where unknown
   */
  public record Identity(GridCell cell, String productId, @Nullable Instant timestamp) {}

  /**
   * One column chunk of one value.
   *
   * @param offset of its first page, of the dictionary where there is one
   * @param length bytes as stored
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
