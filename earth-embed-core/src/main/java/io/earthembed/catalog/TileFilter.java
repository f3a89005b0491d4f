package io.earthembed.catalog;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.Region;
import io.earthembed.internal.Checks;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * Selects the tiles that a search may return. The catalog evaluates a filter into a bitmap that
 * goes into the search, so the result is exactly the k best of the tiles that pass. The filters
 * made here process whole columns; a lambda is called once for each tile that the filters before it
 * pass. A collection evaluates a filter for each of its parts, with the catalog of that part, so a
 * filter must ask the given catalog only, and never compare ordinals with those of hits.
 * Implementations are stateless, because several threads call them at once.
 */
@FunctionalInterface
public interface TileFilter {
  /** Passes every tile. */
  TileFilter ALL = (catalog, ordinal) -> true;

  /**
   * Returns whether a tile passes.
   *
   * @param catalog the tile's catalog; that of one part, if the tiles are those of a collection
   * @param ordinal the tile's row in this catalog, in [0, catalog.size()); in a part, not the
   *     ordinal of a hit
   */
  boolean test(TileCatalog catalog, long ordinal);

  /**
   * Returns this filter in the query language of an engine, or empty if that language cannot say it
   * (default). The filters made here can be said, except other regions than boxes.
   */
  default Optional<String> in(FilterDialect dialect) {
    return Optional.empty();
  }

  /**
   * Passes tiles whose centre is in a region: a box, a polygon with holes, or several. Tiles of
   * unknown centre do not pass. {@link io.earthembed.region.Regions} reads regions from GeoJSON,
   * well-known text and well-known binary.
   */
  static TileFilter within(Region region) {
    return region instanceof BoundingBox box ? new Filters.Within(box) : new Filters.Inside(region);
  }

  /**
   * Passes tiles whose centre is within a great-circle distance of a point. Tiles of unknown centre
   * do not pass.
   *
   * @param meters distance in metres, 0 or more
   */
  static TileFilter near(GeoPoint point, double meters) {
    Checks.notNegative("meters", meters);
    return new Filters.Near(point, meters);
  }

  /**
   * Passes tiles that were sensed in a period. Tiles of unknown time do not pass; {@link
   * io.earthembed.SearchResult#undated} counts them.
   *
   * @param from inclusive; {@link Instant#MIN} for no start
   * @param until exclusive, after from; {@link Instant#MAX} for no end
   */
  static TileFilter sensed(Instant from, Instant until) {
    if (!from.isBefore(until)) {
      throw new IllegalArgumentException("from " + from + " is not before until " + until);
    }
    return new Filters.Sensed(Times.clamp(from).toEpochMilli(), Times.clamp(until).toEpochMilli());
  }

  /**
   * Passes tiles up to a cloud cover. Tiles of unknown cloud cover do not pass.
   *
   * @param percent in [0, 100]
   */
  static TileFilter cloudCoverAtMost(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent outside [0, 100]: " + percent);
    }
    return new Filters.CloudAtMost(percent);
  }

  /**
   * Passes tiles of some grid cells, which must be of the catalog's grid. Not those of unknown
   * cell.
   */
  static TileFilter cells(Collection<GridCell> cells) {
    return new Filters.InCells(cells);
  }

  /** Passes tiles with some ids. */
  static TileFilter ids(Collection<String> ids) {
    return new Filters.OfIds(ids);
  }

  /**
   * Begins a filter by one of the tiles' {@linkplain io.earthembed.imagery.TileRecord#attributes
   * own attributes}, for example {@code TileFilter.attribute("crop").is("maize")}.
   */
  static AttributeCondition attribute(String name) {
    return new AttributeCondition(name);
  }

  /** Passes tiles that pass both filters. */
  default TileFilter and(TileFilter other) {
    return this == ALL ? other : other == ALL ? this : new Filters.And(this, other);
  }

  /** Passes tiles that pass at least one of both filters. */
  default TileFilter or(TileFilter other) {
    return new Filters.Or(this, other);
  }

  /** Passes tiles that do not pass this filter. */
  default TileFilter negate() {
    return new Filters.Not(this);
  }
}
