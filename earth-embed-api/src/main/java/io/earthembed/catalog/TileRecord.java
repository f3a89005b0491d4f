package io.earthembed.catalog;

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
  /** Checks its arguments. */
  public TileRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(cell, "cell");
    Objects.requireNonNull(productId, "productId");
    Objects.requireNonNull(centre, "centre");
    if (timestamp != null && !timestamp.equals(Times.clamp(timestamp))) {
      throw new IllegalArgumentException("timestamp outside what milliseconds tell: " + timestamp);
    }
    if (cloudCover < 0 || cloudCover > 100) {
      throw new IllegalArgumentException("cloudCover outside [0, 100]: " + cloudCover);
    }
  }
}
