package io.earthembed.view;

import io.earthembed.geo.BoundingBox;
import java.awt.geom.Path2D;
import java.util.List;

/**
 * Converts degrees to the pixels of a map in a picture. The middle meridian is the region's, so
 * that a region across the antimeridian is drawn in one piece.
 */
final class Frame {
  private static final int STEPS = 90;

  final Projection projection;
  final BoundingBox region;
  final int left;
  final int top;
  final int width;
  final int height;
  final double middle;
  final double span;
  private final double west;
  private final double upper;
  private final double scale;

  /**
   * Fits a region into a width and a height.
   *
   * @param room available width in pixels
   * @param maxHeight greatest height in pixels; a region that would be higher is drawn narrower
   */
  Frame(Projection projection, BoundingBox region, int left, int top, int room, int maxHeight) {
    this.projection = projection;
    this.region = region;
    this.span = (region.crossesAntimeridian() ? 360 : 0) + region.east() - region.west();
    if (!(span > 0) || !(region.north() > region.south())) {
      throw new IllegalArgumentException("region has no area: " + region);
    }
    this.middle = span == 360 ? 0 : region.west() + span / 2;
    double half = 0;
    for (int i = 0; i <= STEPS; i++) {
      half = Math.max(half, projection.stretch(latitude(i)) * span / 2);
    }
    double rise = projection.rise(region.north()) - projection.rise(region.south());
    this.scale = Math.min(room / (2 * half), maxHeight / rise);
    this.width = (int) Math.max(1, Math.round(2 * half * scale));
    this.height = (int) Math.max(1, Math.round(rise * scale));
    this.left = left + (room - width) / 2;
    this.top = top;
    this.west = -half;
    this.upper = projection.rise(region.north());
  }

  private double latitude(int step) {
    return region.south() + (region.north() - region.south()) * step / STEPS;
  }

  /** Returns the degrees east of the middle meridian, in [-180, 180). */
  double east(double longitude) {
    double away = longitude - middle;
    return away - 360 * Math.floor((away + 180) / 360);
  }

  boolean contains(double latitude, double longitude) {
    return latitude >= region.south()
        && latitude <= region.north()
        && Math.abs(east(longitude)) <= span / 2;
  }

  double x(double latitude, double longitude) {
    return xOf(latitude, east(longitude));
  }

  private double xOf(double latitude, double east) {
    return left + (east * projection.stretch(latitude) - west) * scale;
  }

  double y(double latitude) {
    return top + (upper - projection.rise(latitude)) * scale;
  }

  /** Returns the region's edge. */
  Path2D.Double outline() {
    Path2D.Double path = new Path2D.Double();
    for (int i = 0; i <= STEPS; i++) {
      double x = xOf(latitude(i), -span / 2);
      if (i == 0) path.moveTo(x, y(latitude(i)));
      else path.lineTo(x, y(latitude(i)));
    }
    for (int i = STEPS; i >= 0; i--) path.lineTo(xOf(latitude(i), span / 2), y(latitude(i)));
    path.closePath();
    return path;
  }

  /** Returns lines on the map. They may continue outside the region: the caller clips them. */
  Path2D.Double lines(List<NaturalEarth.Ring> rings, boolean closed) {
    Path2D.Double path = new Path2D.Double(Path2D.WIND_EVEN_ODD);
    for (NaturalEarth.Ring ring : rings) {
      for (int turn = -360; turn <= 360; turn += 360) {
        if (seen(ring, turn)) add(path, ring, turn - middle, closed);
      }
    }
    return path;
  }

  private boolean seen(NaturalEarth.Ring ring, int turn) {
    double west = 1e9;
    double east = -1e9;
    double south = 90;
    double north = -90;
    for (int i = 0; i < ring.size(); i++) {
      west = Math.min(west, ring.longitude(i));
      east = Math.max(east, ring.longitude(i));
      south = Math.min(south, ring.latitude(i));
      north = Math.max(north, ring.latitude(i));
    }
    double from = middle - span / 2;
    return west + turn < from + span
        && east + turn > from
        && south <= region.north()
        && north >= region.south();
  }

  private void add(Path2D.Double path, NaturalEarth.Ring ring, double shift, boolean closed) {
    double lastX = 0;
    double lastY = 0;
    for (int i = 0; i < ring.size(); i++) {
      double x = xOf(ring.latitude(i), ring.longitude(i) + shift);
      double y = y(ring.latitude(i));
      if (i == 0) path.moveTo(x, y);
      else if (Math.abs(x - lastX) + Math.abs(y - lastY) > 0.4 || (!closed && i == ring.size() - 1))
        path.lineTo(x, y);
      else continue;
      lastX = x;
      lastY = y;
    }
    if (closed) path.closePath();
  }

  /** Returns the degrees between grid lines, for about eight lines along the map. */
  double gridStep() {
    for (double step : new double[] {30, 15, 10, 5, 2, 1, 0.5, 0.2}) {
      if (Math.max(span / 2, region.north() - region.south()) / step >= 4) return step;
    }
    return 0.1;
  }

  /** Returns the part of a meridian within the region. */
  Path2D.Double meridian(double longitude) {
    Path2D.Double path = new Path2D.Double();
    for (int i = 0; i <= STEPS; i++) {
      double x = x(latitude(i), longitude);
      if (i == 0) path.moveTo(x, y(latitude(i)));
      else path.lineTo(x, y(latitude(i)));
    }
    return path;
  }

  /** Returns the part of a parallel within the region. */
  Path2D.Double parallel(double latitude) {
    Path2D.Double path = new Path2D.Double();
    path.moveTo(xOf(latitude, -span / 2), y(latitude));
    path.lineTo(xOf(latitude, span / 2), y(latitude));
    return path;
  }
}
