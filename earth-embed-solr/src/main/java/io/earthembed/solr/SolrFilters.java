package io.earthembed.solr;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.internal.Checks;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Filter queries that Solr evaluates itself, for {@link SolrIndex#search(float[], int, String)}:
 * only the query goes over the network, regardless of how many tiles pass. Filters are plain text
 * in Solr's syntax, so they can be joined by {@code AND}, {@code OR} and parentheses, or written by
 * hand. Solr stores positions to about a centimeter; edges are included with that precision.
 */
public final class SolrFilters {
  /** Separates the terms of a list; texts rarely have it. */
  static final String SEPARATOR = "\u001a";

  private SolrFilters() {}

  /** Passes tiles whose centre is in a box, which may cross the antimeridian. */
  public static String within(BoundingBox box) {
    String inside = box(box.south(), box.west(), box.north(), box.east());
    // -180 and 180 are the same meridian.
    GeoPoint east = new GeoPoint(box.south(), 180);
    return box.contains(east) && box.west() != -180
        ? "(" + inside + " OR " + box(box.south(), -180, box.north(), -180) + ")"
        : inside;
  }

  private static String box(double south, double west, double north, double east) {
    return Schema.CENTER + ":[" + south + "," + west + " TO " + north + "," + east + "]";
  }

  /**
   * Passes tiles whose centre is within a great-circle distance of a point.
   *
   * @param meters distance in metres, 0 or more
   */
  public static String near(GeoPoint point, double meters) {
    Checks.notNegative("meters", meters);
    return String.format(
        Locale.ROOT,
        "_query_:\"{!geofilt sfield=%s pt=%s,%s d=%s}\"",
        Schema.CENTER,
        point.latitude(),
        point.longitude(),
        meters / 1000);
  }

  /**
   * Passes tiles that were sensed in a period. Tiles of unknown time do not pass.
   *
   * @param from inclusive; {@link Instant#MIN} for no start
   * @param until exclusive, after from; {@link Instant#MAX} for no end
   */
  public static String sensed(Instant from, Instant until) {
    if (!from.isBefore(until)) {
      throw new IllegalArgumentException("from " + from + " is not before until " + until);
    }
    return Schema.SENSED + ":[" + millis(from) + " TO " + millis(until) + "}";
  }

  /** Returns milliseconds since 1970, clamped to the range of a long. */
  private static long millis(Instant time) {
    try {
      return time.toEpochMilli();
    } catch (ArithmeticException beyond) {
      return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /**
   * Passes tiles up to a cloud cover. Tiles of unknown cloud cover do not pass.
   *
   * @param percent in [0, 100]
   */
  public static String cloudCoverAtMost(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent outside [0, 100]: " + percent);
    }
    float most = (float) percent;
    if (most > percent) most = Math.nextDown(most);
    return Schema.CLOUD + ":[0 TO " + most + "]";
  }

  /** Passes tiles of some grid cells. */
  public static String cells(Collection<GridCell> cells) {
    return terms(Schema.CELL, cells);
  }

  /**
   * Passes tiles with some ids.
   *
   * @param ids without the control character U+001A
   */
  public static String ids(Collection<String> ids) {
    return terms(Schema.TILE, ids);
  }

  /** Passes documents with one of some values in a field. */
  static String terms(String field, Collection<?> values) {
    String list =
        values.stream()
            .map(SolrFilters::term)
            .collect(Collectors.joining(SEPARATOR))
            .replace("\\", "\\\\")
            .replace("\"", "\\\"");
    return "_query_:\"{!terms f=" + field + " separator=" + SEPARATOR + "}" + list + "\"";
  }

  private static String term(Object value) {
    String text = value.toString();
    if (text.contains(SEPARATOR)) {
      throw new IllegalArgumentException("has the control character U+001A: " + text);
    }
    return text;
  }
}
