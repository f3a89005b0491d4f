package io.earthembed.solr;

import io.earthembed.catalog.FilterDialect;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** Writes an explorer's filters in Solr's syntax. */
final class SolrDialect implements FilterDialect {
  /** The most cells of a filter; more are a long text, as ordinals are. */
  private static final int MAX_CELLS = 1000;

  @Override
  public Optional<String> within(BoundingBox box) {
    return Optional.of(SolrFilters.within(box));
  }

  @Override
  public Optional<String> near(GeoPoint point, double meters) {
    return Optional.of(SolrFilters.near(point, meters));
  }

  @Override
  public Optional<String> sensed(Instant from, Instant until) {
    return Optional.of(SolrFilters.sensed(from, until));
  }

  @Override
  public Optional<String> cloudCoverAtMost(double percent) {
    return Optional.of(SolrFilters.cloudCoverAtMost(percent));
  }

  @Override
  public Optional<String> cells(Collection<GridCell> cells) {
    if (cells.isEmpty() || cells.size() > MAX_CELLS) return Optional.empty();
    return Optional.of(SolrFilters.cells(cells));
  }

  @Override
  public String and(String first, String second) {
    return "(" + first + " AND " + second + ")";
  }

  @Override
  public String or(String first, String second) {
    return "(" + first + " OR " + second + ")";
  }

  @Override
  public String not(String filter) {
    return "(*:* NOT " + filter + ")";
  }
}
