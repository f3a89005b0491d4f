package io.earthembed.imagery;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything known of a tile, or of one crop of it, except its pixels. The pair (cell, productId)
 * identifies a tile of Major TOM; the product alone does not, because a Sentinel-2 product spans
 * many cells. Tiles of other datasets may be smaller than a cell, and only their ids differ.
 *
 * @param id unique in its dataset, opaque
 * @param cell its Major TOM grid cell
 * @param productId the product it was cut from, such as a Sentinel-2 scene, or null if unknown
 * @param timestamp sensing time, UTC, or null if unknown; must fit into milliseconds since 1970 as
 *     a long, except the smallest long, which stands for an unknown time in a catalog
 * @param center its centre
 * @param cloudCover percent in [0, 100], or NaN if unknown
 * @param source location of its pixels, or null if unknown
 */
public record TileRecord(
    String id,
    GridCell cell,
    @Nullable String productId,
    @Nullable Instant timestamp,
    GeoPoint center,
    float cloudCover,
    @Nullable TileRef source) {
  // The smallest long stands for an unknown time in a catalog.
  private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE + 1);
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  /** Checks its arguments. */
  public TileRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(cell, "cell");
    Objects.requireNonNull(center, "center");
    if (timestamp != null && (timestamp.isBefore(FIRST) || timestamp.isAfter(LAST))) {
      throw new IllegalArgumentException("timestamp does not fit epoch milliseconds: " + timestamp);
    }
    if (cloudCover < 0 || cloudCover > 100) {
      throw new IllegalArgumentException("cloudCover outside [0, 100]: " + cloudCover);
    }
  }
}
