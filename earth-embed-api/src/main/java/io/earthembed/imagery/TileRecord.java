package io.earthembed.imagery;

import io.earthembed.common.EarthEmbedException;
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
 * @param cell its Major TOM grid cell, or null if unknown
 * @param productId the product it was cut from, such as a Sentinel-2 scene, or null if unknown
 * @param timestamp sensing time, UTC, or null if unknown; must fit into milliseconds since 1970 as
 *     a long, except the smallest long, which stands for an unknown time in a catalog
 * @param center its centre, or null if unknown
 * @param cloudCover percent in [0, 100], or NaN if unknown
 * @param source location of its pixels, or null if unknown
 * @param attributes the application's own attributes
 */
public record TileRecord(
    String id,
    @Nullable GridCell cell,
    @Nullable String productId,
    @Nullable Instant timestamp,
    @Nullable GeoPoint center,
    float cloudCover,
    @Nullable TileRef source,
    Attributes attributes) {
  // The smallest long stands for an unknown time in a catalog.
  private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE + 1);
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  /** Checks its arguments. */
  public TileRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(attributes, "attributes");
    if (timestamp != null && (timestamp.isBefore(FIRST) || timestamp.isAfter(LAST))) {
      throw new IllegalArgumentException("timestamp does not fit epoch milliseconds: " + timestamp);
    }
    if (cloudCover < 0 || cloudCover > 100) {
      throw new IllegalArgumentException("cloudCover outside [0, 100]: " + cloudCover);
    }
  }

  /** Creates a record without attributes of the application. */
  public TileRecord(
      String id,
      @Nullable GridCell cell,
      @Nullable String productId,
      @Nullable Instant timestamp,
      @Nullable GeoPoint center,
      float cloudCover,
      @Nullable TileRef source) {
    this(id, cell, productId, timestamp, center, cloudCover, source, Attributes.NONE);
  }

  /** Returns this record with other attributes. */
  public TileRecord withAttributes(Attributes attributes) {
    return new TileRecord(id, cell, productId, timestamp, center, cloudCover, source, attributes);
  }

  /** Returns whether the tile's grid cell is known. */
  public boolean hasCell() {
    return cell != null;
  }

  /** Returns whether the tile's centre is known. */
  public boolean hasCenter() {
    return center != null;
  }

  /**
   * Returns the tile's Major TOM grid cell.
   *
   * @throws EarthEmbedException if it is unknown: see {@link #hasCell}
   */
  @Override
  public GridCell cell() {
    if (cell == null) throw unknown("grid cell");
    return cell;
  }

  /**
   * Returns the tile's centre.
   *
   * @throws EarthEmbedException if it is unknown: see {@link #hasCenter}
   */
  @Override
  public GeoPoint center() {
    if (center == null) throw unknown("centre");
    return center;
  }

  private EarthEmbedException unknown(String what) {
    return new EarthEmbedException(
        "the " + what + " of tile " + id + " is unknown, because its dataset does not tell it");
  }
}
