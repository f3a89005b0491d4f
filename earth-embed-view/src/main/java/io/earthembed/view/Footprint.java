package io.earthembed.view;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Utm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Squares on the ground as rings of longitude and latitude, cut where they cross the antimeridian.
 */
final class Footprint {
  private Footprint() {}

  /**
   * A square around a place, north up in the place's UTM zone.
   *
   * @param side metres
   * @return closed rings, counterclockwise, within [-180, 180]: one, or two where the square
   *     crosses the antimeridian; none beyond 84 degrees, where there is no zone
   */
  static List<double[][]> square(GeoPoint centre, double side) {
    if (Math.abs(centre.latitude()) > 84) return List.of();
    Utm zone = Utm.of(centre);
    Utm.Point middle = zone.project(centre);
    double half = side / 2;
    double[][] ring = new double[4][];
    double[][] corners = {{-half, -half}, {half, -half}, {half, half}, {-half, half}};
    for (int i = 0; i < 4; i++) {
      GeoPoint corner =
          zone.unproject(middle.easting() + corners[i][0], middle.northing() + corners[i][1]);
      double east = corner.longitude();
      // Near the centre: let it run on past 180 rather than jump.
      if (east - centre.longitude() > 180) east -= 360;
      if (east - centre.longitude() < -180) east += 360;
      ring[i] = new double[] {east, corner.latitude()};
    }
    List<double[][]> rings = new ArrayList<>();
    for (int turn = -360; turn <= 360; turn += 360) {
      double[][] part = clip(clip(shifted(ring, turn), 180, false), -180, true);
      if (part.length >= 3 && area(part) > 0) rings.add(closed(part));
    }
    return rings;
  }

  private static double[][] shifted(double[][] ring, double by) {
    return Arrays.stream(ring).map(p -> new double[] {p[0] + by, p[1]}).toArray(double[][]::new);
  }

  /** What of a convex ring lies on one side of a meridian (Sutherland and Hodgman). */
  private static double[][] clip(double[][] ring, double meridian, boolean above) {
    List<double[]> out = new ArrayList<>();
    for (int i = 0; i < ring.length; i++) {
      double[] a = ring[i];
      double[] b = ring[(i + 1) % ring.length];
      boolean aIn = above ? a[0] >= meridian : a[0] <= meridian;
      boolean bIn = above ? b[0] >= meridian : b[0] <= meridian;
      if (aIn) out.add(a);
      if (aIn != bIn) {
        double part = (meridian - a[0]) / (b[0] - a[0]);
        out.add(new double[] {meridian, a[1] + (b[1] - a[1]) * part});
      }
    }
    return out.toArray(double[][]::new);
  }

  private static double area(double[][] ring) {
    double sum = 0;
    for (int i = 0; i < ring.length; i++) {
      double[] a = ring[i];
      double[] b = ring[(i + 1) % ring.length];
      sum += a[0] * b[1] - b[0] * a[1];
    }
    return sum / 2;
  }

  private static double[][] closed(double[][] ring) {
    double[][] out = Arrays.copyOf(ring, ring.length + 1);
    out[ring.length] = ring[0];
    return out;
  }

  /**
   * The smallest box of squares around places, as {@link #box(List)} writes it. A place without a
   * square counts as a point.
   */
  static double[] box(List<GeoPoint> centres, double side) {
    List<double[]> spans = new ArrayList<>();
    for (GeoPoint centre : centres) {
      List<double[][]> rings = side > 0 ? square(centre, side) : List.of();
      if (rings.isEmpty())
        spans.add(span(new double[][] {{centre.longitude(), centre.latitude()}}));
      for (double[][] ring : rings) spans.add(span(ring));
    }
    return around(spans);
  }

  /**
   * The smallest box of places, as RFC 7946 writes it: west, south, east, north, and west greater
   * than east if it crosses the antimeridian.
   */
  static double[] box(List<GeoPoint> places) {
    return box(places, 0);
  }

  /** West, south, east and north of a ring that does not cross the antimeridian. */
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

  /** The box leaves out the widest gap between spans; without a gap it holds all longitudes. */
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
