package io.earthembed.catalog;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import java.time.Instant;

/**
 * Which tiles a search may return. Evaluated on the catalog's columns before the search, so that
 * the result is exactly the k best of what passes. Implementations keep no state.
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
    return (catalog, i) -> box.contains(catalog.latitude(i), catalog.longitude(i));
  }

  /**
   * Tiles with their centre in a great circle's distance.
   *
   * @param metres 0 or more
   */
  static TileFilter near(GeoPoint point, double metres) {
    if (!(metres >= 0))
      throw new IllegalArgumentException("metres must not be negative: " + metres);
    return (catalog, i) -> catalog.centre(i).distanceTo(point) <= metres;
  }

  /**
   * Tiles sensed in a period.
   *
   * @param from included
   * @param until not included, after from
   */
  static TileFilter sensed(Instant from, Instant until) {
    if (!from.isBefore(until)) {
      throw new IllegalArgumentException("from " + from + " is not before until " + until);
    }
    long first = from.toEpochMilli();
    long end = until.toEpochMilli();
    return (catalog, i) -> catalog.epochMillis(i) >= first && catalog.epochMillis(i) < end;
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
    return (catalog, i) -> catalog.cloudCover(i) <= percent;
  }

  /** Tiles that pass both. */
  default TileFilter and(TileFilter other) {
    return (catalog, i) -> test(catalog, i) && other.test(catalog, i);
  }

  /** Tiles that pass either. */
  default TileFilter or(TileFilter other) {
    return (catalog, i) -> test(catalog, i) || other.test(catalog, i);
  }

  /** Tiles that do not pass. */
  default TileFilter negate() {
    return (catalog, i) -> !test(catalog, i);
  }
}
