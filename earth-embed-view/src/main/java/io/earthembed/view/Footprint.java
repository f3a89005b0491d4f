package io.earthembed.view;

import io.earthembed.geo.Antimeridian;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Utm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Computes squares on the ground as rings of longitude and latitude, cut at the antimeridian, and
 * the boxes around them.
 */
final class Footprint {
  private Footprint() {}

  /**
   * Returns a square around a place, north up in the place's UTM zone.
   *
   * @param side side in metres
   * @return closed rings, counterclockwise, within [-180, 180]: one, or two if the square crosses
   *     the antimeridian; none beyond 84 degrees of latitude, which no UTM zone covers
   */
  static List<double[][]> square(GeoPoint center, double side) {
    if (Math.abs(center.latitude()) > 84) return List.of();
    Utm zone = Utm.of(center);
    Utm.Point middle = zone.project(center);
    double half = side / 2;
    double[][] corners = {{-half, -half}, {half, -half}, {half, half}, {-half, half}};
    List<GeoPoint> ring = new ArrayList<>();
    for (double[] corner : corners) {
      ring.add(zone.unproject(middle.easting() + corner[0], middle.northing() + corner[1]));
    }
    return Antimeridian.cut(ring);
  }

  /**
   * Returns the smallest box around squares at places, in the form of {@link #box(List)}. A place
   * without a square counts as a point.
   */
  static double[] box(List<GeoPoint> centers, double side) {
    List<double[]> spans = new ArrayList<>();
    for (GeoPoint center : centers) {
      List<double[][]> rings = side > 0 ? square(center, side) : List.of();
      if (rings.isEmpty())
        spans.add(span(new double[][] {{center.longitude(), center.latitude()}}));
      for (double[][] ring : rings) spans.add(span(ring));
    }
    return around(spans);
  }

  /**
   * Returns the smallest box around places in the form of RFC 7946: west, south, east, north. West
   * is greater than east if the box crosses the antimeridian.
   */
  static double[] box(List<GeoPoint> places) {
    return box(places, 0);
  }

  /** Returns west, south, east and north of a ring that does not cross the antimeridian. */
  private static double[] span(double[][] ring) {
    double[] span = {180, 90, -180, -90};
    for (double[] corner : ring) {
      span[0] = Math.min(span[0], corner[0]);
      span[1] = Math.min(span[1], corner[1]);
      span[2] = Math.max(span[2], corner[0]);
      span[3] = Math.max(span[3], corner[1]);
    }
    return span;
  }

  /** Returns the box that omits the widest gap between spans; without a gap, all longitudes. */
  private static double[] around(List<double[]> spans) {
    spans.sort(Comparator.comparingDouble(span -> span[0]));
    double south = 90;
    double north = -90;
    double reach = spans.get(0)[2];
    double widest = 0;
    double west = -180;
    double east = 180;
    for (double[] span : spans) {
      south = Math.min(south, span[1]);
      north = Math.max(north, span[3]);
      if (span[0] - reach > widest) {
        widest = span[0] - reach;
        west = span[0];
        east = reach;
      }
      reach = Math.max(reach, span[2]);
    }
    double first = spans.get(0)[0];
    if (first + 360 - reach >= widest && first + 360 - reach > 0) {
      west = first;
      east = reach;
    }
    return new double[] {west, south, east, north};
  }
}
