package io.earthembed.catalog;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.Polygon;
import java.time.Instant;
import java.util.Collection;

/**
 * Which tiles a search may return. Evaluated on the catalog's columns into a bitmap that goes into
 * the search, so that the result is exactly the k best of what passes. Those made here go through
 * whole columns; a lambda is asked once about each tile that the filters before it let pass.
 * Implementations keep no state, and are asked by several threads at once.
 */
@FunctionalInterface
public interface TileFilter {
  /** Passes every tile. */
  TileFilter ALL = (catalog, ordinal) -> true;

  /**
   * Whether a tile passes.
   *
   * @param catalog its columns
   * @param ordinal in [0, catalog.size())
   */
  boolean test(TileCatalog catalog, long ordinal);

  /** Tiles with their centre in a box, which may cross the antimeridian. */
  static TileFilter within(BoundingBox box) {
    return new Filters.Within(box);
  }

  /** Tiles with their centre in a polygon. */
  static TileFilter within(Polygon polygon) {
    return new Filters.Inside(polygon);
  }

  /**
   * Tiles with their centre in a great circle's distance.
   *
   * @param metres 0 or more
   */
  static TileFilter near(GeoPoint point, double metres) {
    if (!(metres >= 0))
      throw new IllegalArgumentException("metres must not be negative: " + metres);
    return new Filters.Near(point, metres);
  }

  /**
   * Tiles known to be sensed in a period; those of unknown time do not pass, and {@link
   * io.earthembed.SearchResult#undated} says how many these were.
   *
   * @param from included; {@link Instant#MIN} for no beginning
   * @param until not included, after from; {@link Instant#MAX} for no end
   */
  static TileFilter sensed(Instant from, Instant until) {
    if (!from.isBefore(until)) {
      throw new IllegalArgumentException("from " + from + " is not before until " + until);
    }
    return new Filters.Sensed(Times.clamp(from).toEpochMilli(), Times.clamp(until).toEpochMilli());
  }

  /**
   * Tiles known to have at most so much cloud; those of unknown cover do not pass.
   *
   * @param percent in [0, 100]
   */
  static TileFilter cloudCoverAtMost(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent outside [0, 100]: " + percent);
    }
    return new Filters.CloudAtMost(percent);
  }

  /** Tiles of some grid cells, of the grid that the catalog's cells are named by. */
  static TileFilter cells(Collection<GridCell> cells) {
    return new Filters.InCells(cells);
  }

  /** Tiles of some ids. */
  static TileFilter ids(Collection<String> ids) {
    return new Filters.OfIds(ids);
  }

  /** Tiles that pass both. */
  default TileFilter and(TileFilter other) {
    return this == ALL ? other : other == ALL ? this : new Filters.And(this, other);
  }

  /** Tiles that pass either. */
  default TileFilter or(TileFilter other) {
    return new Filters.Or(this, other);
  }

  /** Tiles that do not pass. */
  default TileFilter negate() {
    return new Filters.Not(this);
  }
}
