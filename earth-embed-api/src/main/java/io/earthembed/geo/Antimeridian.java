package io.earthembed.geo;

import java.util.ArrayList;
import java.util.List;

/** Cuts polygons at the antimeridian (RFC 7946, section 3.1.9). Safe for many threads. */
public final class Antimeridian {
  private Antimeridian() {}

  /**
   * Cuts a convex polygon into the rings on both sides of the antimeridian (Sutherland and Hodgman,
   * "Reentrant polygon clipping", 1974). Edges are straight in degrees.
   *
   * @param corners at least 3 corners in order, without a closing one; each less than 180 degrees
   *     of longitude from the first, around no pole
   * @return closed rings of {longitude, latitude}, in the order of the corners: one ring, or two if
   *     the polygon crosses the antimeridian, first the ring that ends at longitude 180, then the
   *     ring that begins at -180
   * @throws IllegalArgumentException if there are fewer than 3 corners
   */
  public static List<double[][]> cut(List<GeoPoint> corners) {
    if (corners.size() < 3) {
      throw new IllegalArgumentException("corners must be at least 3: " + corners.size());
    }
    double first = corners.get(0).longitude();
    List<double[]> ring = new ArrayList<>();
    double west = first;
    double east = first;
    for (GeoPoint corner : corners) {
      double longitude = corner.longitude();
      // Continue past 180 degrees, so that the ring does not jump.
      if (longitude - first > 180) longitude -= 360;
      if (first - longitude > 180) longitude += 360;
      west = Math.min(west, longitude);
      east = Math.max(east, longitude);
      ring.add(new double[] {longitude, corner.latitude()});
    }
    if (west >= -180 && east <= 180) return List.<double[][]>of(closed(ring, 0));
    double line = east > 180 ? 180 : -180;
    return List.of(
        closed(clip(ring, line, -1), line > 0 ? 0 : 360),
        closed(clip(ring, line, 1), line > 0 ? -360 : 0));
  }

  /** Returns the part of a ring west (-1) or east (1) of a meridian. */
  private static List<double[]> clip(List<double[]> ring, double meridian, int side) {
    List<double[]> part = new ArrayList<>();
    for (int i = 0; i < ring.size(); i++) {
      double[] a = ring.get(i);
      double[] b = ring.get((i + 1) % ring.size());
      boolean inside = (a[0] - meridian) * side >= 0;
      if (inside) part.add(a);
      if (inside != ((b[0] - meridian) * side >= 0)) {
        double t = (meridian - a[0]) / (b[0] - a[0]);
        part.add(new double[] {meridian, a[1] + t * (b[1] - a[1])});
      }
    }
    return part;
  }

  private static double[][] closed(List<double[]> ring, double shift) {
    double[][] closed = new double[ring.size() + 1][];
    for (int i = 0; i < closed.length; i++) {
      double[] point = ring.get(i % ring.size());
      closed[i] = new double[] {point[0] + shift, point[1]};
    }
    return closed;
  }
}
