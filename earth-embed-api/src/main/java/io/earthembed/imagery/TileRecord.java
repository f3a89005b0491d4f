package io.earthembed.imagery;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a tile, or of one crop of it, without its pixels. (cell, productId) names a
 * tile: a Sentinel-2 product spans many cells, so the product alone does not.
 *
 * @param id unique in its dataset, opaque
 * @param cell its Major TOM grid cell
 * @param productId the Sentinel-2 product it was cut from
 * @param timestamp when it was sensed, UTC, or null where unknown; what milliseconds since 1970 as
 *     a long tell, but for the least of them, which stands for the unknown in a catalog
 * @param centre its centre
 * @param cloudCover percent in [0, 100], or NaN where unknown
 * @param source where its pixels are, or null where unknown
 */
public record TileRecord(
    String id,
    GridCell cell,
    String productId,
    @Nullable Instant timestamp,
    GeoPoint centre,
    float cloudCover,
    @Nullable TileRef source) {
  // The smallest long stands for an unknown time in a catalog.
  private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE + 1);
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  /** Checks its arguments. */
  public TileRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(cell, "cell");
    Objects.requireNonNull(productId, "productId");
    Objects.requireNonNull(centre, "centre");
    if (timestamp != null && (timestamp.isBefore(FIRST) || timestamp.isAfter(LAST))) {
      throw new IllegalArgumentException("timestamp does not fit epoch milliseconds: " + timestamp);
    }
    if (cloudCover < 0 || cloudCover > 100) {
      throw new IllegalArgumentException("cloudCover outside [0, 100]: " + cloudCover);
    }
  }
}
