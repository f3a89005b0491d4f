package io.earthembed.catalog;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.Attributes;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * The query language of an engine that holds the tiles' records, in which {@link TileFilter#in}
 * writes a filter. A method returns empty if the language cannot say what the filter does.
 * Implementations are stateless and safe for many threads.
 */
public interface FilterDialect {
  /** Passes tiles whose centre is in a box, as {@link TileFilter#within}. */
  Optional<String> within(BoundingBox box);

  /** Passes tiles near a point, as {@link TileFilter#near}. */
  Optional<String> near(GeoPoint point, double meters);

  /** Passes tiles of a period, as {@link TileFilter#sensed}. */
  Optional<String> sensed(Instant from, Instant until);

  /** Passes tiles up to a cloud cover, as {@link TileFilter#cloudCoverAtMost}. */
  Optional<String> cloudCoverAtMost(double percent);

  /** Passes tiles of some grid cells, as {@link TileFilter#cells}. */
  Optional<String> cells(Collection<GridCell> cells);

  /** Passes tiles with some ids, as {@link TileFilter#ids}. */
  Optional<String> ids(Collection<String> ids);

  /** Passes tiles that have an attribute, as {@link AttributeCondition#isPresent}. */
  Optional<String> present(String attribute);

  /**
   * Passes tiles whose attribute has one of some values, as {@link AttributeCondition#in}.
   *
   * @param values as {@link Attributes#value} returns them
   */
  Optional<String> in(String attribute, Collection<Object> values);

  /**
   * Passes tiles whose attribute is at least a bound, as {@link AttributeCondition#atLeast}, or
   * greater, as {@link AttributeCondition#above}.
   *
   * @param bound as {@link Attributes#value} returns it
   * @param inclusive whether the bound itself passes
   */
  Optional<String> from(String attribute, Object bound, boolean inclusive);

  /**
   * Passes tiles whose attribute is at most a bound, as {@link AttributeCondition#atMost}, or less,
   * as {@link AttributeCondition#below}.
   *
   * @param bound as {@link Attributes#value} returns it
   * @param inclusive whether the bound itself passes
   */
  Optional<String> until(String attribute, Object bound, boolean inclusive);

  /** Passes tiles that pass both filters of this language. */
  String and(String first, String second);

  /** Passes tiles that pass at least one of two filters of this language. */
  String or(String first, String second);

  /** Passes tiles that do not pass a filter of this language. */
  String not(String filter);
}
