package io.earthembed.parquet;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Region;
import io.earthembed.parquet.DatasetColumns.Box;
import io.earthembed.parquet.DatasetColumns.Point;
import io.earthembed.parquet.DatasetColumns.Wkb;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Bounds;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.listing.Extent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a dataset that are wanted: those of a region and a period. Immutable.
 *
 * @param region contains the centres of the rows; null for the whole Earth
 * @param from start of the period, inclusive; {@link Instant#MIN} for no start
 * @param until end of the period, exclusive; {@link Instant#MAX} for no end
 */
record RowSelection(@Nullable Region region, Instant from, Instant until) {
  /** All rows. */
  static final RowSelection ALL = new RowSelection(null, Instant.MIN, Instant.MAX);

  /** Beyond these longitudes, a box may cross the antimeridian, so that its sides say little. */
  private static final double FAR = 90;

  /** Degrees by which a float may have been rounded, so that a bbox lies beside its point. */
  private static final double ROUNDING = 2e-5;

  boolean isAll() {
    return region == null && !isPeriod();
  }

  boolean isPeriod() {
    return from.isAfter(Instant.MIN) || until.isBefore(Instant.MAX);
  }

  /**
   * Returns whether a row is wanted.
   *
   * @param time null if it is unknown; then the row is wanted if the period of its file is
   */
  boolean keeps(GeoPoint center, @Nullable Instant time) {
    return (region == null || region.contains(center)) && (time == null || meets(time, time));
  }

  /**
   * Returns whether the period has an instant in common with another.
   *
   * @param first its first instant
   * @param last its last instant, at least the first
   */
  boolean meets(Instant first, Instant last) {
    return first.isBefore(until) && !last.isBefore(from);
  }

  /** Returns whether a box has a point in common with the region. */
  boolean meets(BoundingBox box) {
    return region == null || region.intersects(box);
  }

  /** Returns whether a file or a folder may hold wanted rows. */
  boolean meets(Extent extent) {
    BoundingBox box = extent.box();
    return (box == null || meets(box)) && meets(extent.first(), extent.last());
  }

  /** Returns whether a row group may hold wanted rows, by the statistics of its columns. */
  boolean mayHold(Footer footer, Group group, DatasetColumns columns) {
    if (region != null && columns.center() == null) return false; // no row has a place
    BoundingBox box = region == null ? null : box(footer, group, columns);
    if (box != null && !meets(box)) return false;
    return !isPeriod() || mayHoldTime(footer, group, columns.time());
  }

  private boolean mayHoldTime(Footer footer, Group group, @Nullable String column) {
    Chunk chunk = column == null ? null : footer.chunk(group, column);
    Bounds bounds = chunk == null || !chunk.column().isTime() ? null : chunk.bounds();
    ChronoUnit unit = chunk == null ? null : chunk.column().meaning().unit();
    if (bounds == null || unit == null) return true;
    // A double does not hold every nanosecond.
    Instant first = instant(bounds.least(), unit).minusMillis(1);
    return meets(first, instant(bounds.greatest(), unit).plusMillis(1));
  }

  private static Instant instant(double value, ChronoUnit unit) {
    double seconds = value * (unit.getDuration().toNanos() / 1e9);
    if (seconds <= Instant.MIN.getEpochSecond() + 1) return Instant.MIN.plusSeconds(1);
    if (seconds >= Instant.MAX.getEpochSecond() - 1) return Instant.MAX.minusSeconds(1);
    double whole = Math.floor(seconds);
    return Instant.ofEpochSecond((long) whole, (long) ((seconds - whole) * 1e9));
  }

  /** Returns a box around the centres of a row group, or null if the statistics do not say. */
  private static @Nullable BoundingBox box(Footer footer, Group group, DatasetColumns columns) {
    if (!columns.projection().isGeographic()) return null;
    List<String> sides =
        columns.center() instanceof Point point
            ? List.of(point.x(), point.y(), point.x(), point.y())
            : columns.center() instanceof Box box ? box.sides() : covering(footer, columns);
    if (sides.size() != 4) return null;
    Bounds west = bounds(footer, group, sides.get(0));
    Bounds south = bounds(footer, group, sides.get(1));
    Bounds east = bounds(footer, group, sides.get(2));
    Bounds north = bounds(footer, group, sides.get(3));
    if (west == null || south == null || east == null || north == null) return null;
    boolean crosses =
        west.greatest() > FAR && east.least() < -FAR && !sides.get(0).equals(sides.get(2));
    double from = crosses ? -180 : west.least();
    double to = crosses ? 180 : east.greatest();
    // Degrees beyond 180 wrap around, and the reader of the rows handles or refuses others.
    if (from < -180 || to > 180 || from > to) {
      from = -180;
      to = 180;
    }
    double bottom = Math.max(-90, south.least() - ROUNDING);
    double top = Math.min(90, north.greatest() + ROUNDING);
    if (bottom > top) return null;
    return new BoundingBox(
        Math.max(-180, from - ROUNDING), bottom, Math.min(180, to + ROUNDING), top);
  }

  /**
   * Returns the columns of a geometry's bbox: those of the metadata, or those of the usual name.
   */
  private static List<String> covering(Footer footer, DatasetColumns columns) {
    String geometry = columns.center() instanceof Wkb wkb ? wkb.column() : null;
    GeoColumn geo = GeoColumn.of(footer, geometry);
    if (geo != null && geo.covering().size() == 4 && has(footer, geo.covering())) {
      return geo.covering();
    }
    List<String> usual = GeoColumn.sides("bbox");
    return has(footer, usual) ? usual : List.of();
  }

  private static boolean has(Footer footer, List<String> columns) {
    return footer.columns().keySet().containsAll(columns);
  }

  private static @Nullable Bounds bounds(Footer footer, Group group, String column) {
    Chunk chunk = footer.chunk(group, column);
    return chunk == null ? null : chunk.bounds();
  }

  /** Refuses a period for a file whose rows and whose path have no time. */
  void requireTime(Footer footer, DatasetColumns columns, boolean pathHasTime) {
    if (!isPeriod() || pathHasTime || columns.time() != null) return;
    throw new EarthEmbedException(
        footer.name()
            + " has no times, neither in a column nor in its path: open it without a period, or"
            + " name the column of the time");
  }
}
