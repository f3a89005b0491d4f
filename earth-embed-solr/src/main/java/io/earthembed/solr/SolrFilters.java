package io.earthembed.solr;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Filter queries that Solr evaluates itself, for {@link SolrIndex#search(float[], int, String)}:
 * nothing but the query goes over the network, however many tiles pass. They are plain text in
 * Solr's syntax, so that they can be joined by {@code AND}, {@code OR} and parentheses, or written
 * by hand. Solr keeps a place to about a centimetre, and edges are included within that.
 */
public final class SolrFilters {
  private SolrFilters() {}

  /** Tiles with their centre in a box, which may cross the antimeridian. */
  public static String within(BoundingBox box) {
    String inside = box(box.south(), box.west(), box.north(), box.east());
    // -180 and 180 are the same meridian.
    GeoPoint east = new GeoPoint(box.south(), 180);
    return box.contains(east) && box.west() != -180
        ? "(" + inside + " OR " + box(box.south(), -180, box.north(), -180) + ")"
        : inside;
  }

  private static String box(double south, double west, double north, double east) {
    return Schema.CENTRE + ":[" + south + "," + west + " TO " + north + "," + east + "]";
  }

  /**
   * Tiles with their centre in a great circle's distance.
   *
   * @param metres 0 or more
   */
  public static String near(GeoPoint point, double metres) {
    if (!(metres >= 0)) {
      throw new IllegalArgumentException("metres must not be negative: " + metres);
    }
    return String.format(
        Locale.ROOT,
        "_query_:\"{!geofilt sfield=%s pt=%s,%s d=%s}\"",
        Schema.CENTRE,
        point.latitude(),
        point.longitude(),
        metres / 1000);
  }

  /**
   * Tiles known to be sensed in a period; those of unknown time do not pass.
   *
   * @param from included; {@link Instant#MIN} for no beginning
   * @param until not included, after from; {@link Instant#MAX} for no end
   */
  public static String sensed(Instant from, Instant until) {
    if (!from.isBefore(until)) {
      throw new IllegalArgumentException("from " + from + " is not before until " + until);
    }
    return Schema.SENSED + ":[" + millis(from) + " TO " + millis(until) + "}";
  }

  /** Milliseconds since 1970, or the least or greatest long where these are beyond it. */
  private static long millis(Instant time) {
    try {
      return time.toEpochMilli();
    } catch (ArithmeticException beyond) {
      return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /**
   * Tiles known to have at most so much cloud; those of unknown cover do not pass.
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

  /** Tiles of some grid cells. */
  public static String cells(Collection<GridCell> cells) {
    return cells.stream()
        .map(GridCell::toString)
        .collect(Collectors.joining(",", "_query_:\"{!terms f=" + Schema.CELL + "}", "\""));
  }
}
