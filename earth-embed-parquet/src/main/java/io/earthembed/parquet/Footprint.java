package io.earthembed.parquet;

import io.earthembed.dataset.CropFootprint;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Utm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A crop's outline in longitude and latitude, as GeoParquet 1.1 wants it: one that crosses the
 * antimeridian is cut there into two polygons, and its box has a west that is greater than its east
 * (RFC 7946, section 5.2).
 *
 * @param west least longitude, or of the part west of the antimeridian
 * @param south least latitude
 * @param east greatest longitude, or of the part east of the antimeridian
 * @param north greatest latitude
 * @param rings of one polygon each: closed, longitude before latitude
 */
record Footprint(double west, double south, double east, double north, List<List<double[]>> rings) {
  static Footprint of(CropFootprint f) {
    Utm zone = Utm.ofEpsg(f.reference().epsg());
    List<double[]> corners = new ArrayList<>();
    // Anticlockwise, as the specification recommends for an outer ring.
    corners.add(corner(zone, f.west(), f.north()));
    corners.add(corner(zone, f.west(), f.south()));
    corners.add(corner(zone, f.east(), f.south()));
    corners.add(corner(zone, f.east(), f.north()));
    double first = corners.get(0)[0];
    double west = first;
    double east = first;
    double south = 90;
    double north = -90;
    for (double[] c : corners) {
      // Side by side with the first corner, on whichever side of the antimeridian that is.
      if (c[0] - first > 180) c[0] -= 360;
      if (first - c[0] > 180) c[0] += 360;
      west = Math.min(west, c[0]);
      east = Math.max(east, c[0]);
      south = Math.min(south, c[1]);
      north = Math.max(north, c[1]);
    }
    if (west >= -180 && east <= 180) {
      return new Footprint(west, south, east, north, List.of(closed(corners)));
    }
    double line = east > 180 ? 180 : -180;
    List<double[]> left = cut(corners, line, -1);
    List<double[]> right = cut(corners, line, 1);
    for (double[] c : line > 0 ? right : left) c[0] -= 2 * line;
    return new Footprint(
        line > 0 ? west : west + 360,
        south,
        line > 0 ? east - 360 : east,
        north,
        List.of(closed(left), closed(right)));
  }

  boolean crossesAntimeridian() {
    return west > east;
  }

  private static double[] corner(Utm zone, double x, double y) {
    GeoPoint point = zone.unproject(x, y);
    return new double[] {point.longitude(), point.latitude()};
  }

  /** What lies west (-1) or east (1) of a meridian, of a convex ring that is not closed. */
  private static List<double[]> cut(List<double[]> ring, double line, int side) {
    List<double[]> part = new ArrayList<>();
    for (int i = 0; i < ring.size(); i++) {
      double[] a = ring.get(i);
      double[] b = ring.get((i + 1) % ring.size());
      boolean in = (a[0] - line) * side >= 0;
      if (in) part.add(a.clone());
      if (in != ((b[0] - line) * side >= 0)) {
        double t = (line - a[0]) / (b[0] - a[0]);
        part.add(new double[] {line, a[1] + t * (b[1] - a[1])});
      }
    }
    return part;
  }

  private static List<double[]> closed(List<double[]> ring) {
    List<double[]> closed = new ArrayList<>(ring);
    closed.add(ring.get(0));
    return closed;
  }

  /** Well-known binary, little-endian: a polygon, or a multipolygon where it was cut. */
  byte[] wkb() {
    int points = rings.stream().mapToInt(List::size).sum();
    ByteBuffer wkb =
        ByteBuffer.allocate(9 + 13 * rings.size() + 16 * points).order(ByteOrder.LITTLE_ENDIAN);
    if (rings.size() > 1) wkb.put((byte) 1).putInt(6).putInt(rings.size());
    for (List<double[]> ring : rings) {
      wkb.put((byte) 1).putInt(3).putInt(1).putInt(ring.size());
      for (double[] point : ring) wkb.putDouble(point[0]).putDouble(point[1]);
    }
    byte[] bytes = new byte[wkb.position()];
    wkb.flip().get(bytes);
    return bytes;
  }
}
