package io.earthembed.parquet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The centre of a geometry in its plane: of its polygons by area, without polygons of its lines by
 * length, else of its points. Not safe for many threads.
 */
final class Centroid {
  private final List<double[]> points = new ArrayList<>();
  private final List<double[]> lines = new ArrayList<>();

  /** Rings with x before y; the first of a polygon is its outer one. */
  private final List<List<double[]>> polygons = new ArrayList<>();

  void addPoint(double x, double y) {
    points.add(new double[] {x, y});
  }

  /** Adds a line: x and y of each corner in turn. */
  void addLine(double[] line) {
    lines.add(line);
  }

  /** Adds a polygon of rings, which are closed lines. */
  void addPolygon(List<double[]> rings) {
    polygons.add(rings);
  }

  /**
   * Returns the centre, in the coordinates of the geometry; NaN if the geometry is empty.
   *
   * @param degrees whether coordinates are degrees, so that parts on both sides of the antimeridian
   *     are close to each other
   * @return x and y
   */
  double[] of(boolean degrees) {
    List<double[]> all = new ArrayList<>(lines);
    if (!polygons.isEmpty()) all = polygons.stream().flatMap(List::stream).toList();
    else if (lines.isEmpty()) all = points;
    double west = Double.POSITIVE_INFINITY;
    double east = Double.NEGATIVE_INFINITY;
    double south = Double.POSITIVE_INFINITY;
    double north = Double.NEGATIVE_INFINITY;
    for (double[] part : all) {
      for (int i = 0; i < part.length; i += 2) {
        west = Math.min(west, part[i]);
        east = Math.max(east, part[i]);
        south = Math.min(south, part[i + 1]);
        north = Math.max(north, part[i + 1]);
      }
    }
    if (!(west <= east)) return new double[] {Double.NaN, Double.NaN};
    // A tile is not half the globe wide: its parts lie beyond the antimeridian.
    if (degrees && east - west > 180) {
      for (double[] part : all) {
        for (int i = 0; i < part.length; i += 2) if (part[i] < 0) part[i] += 360;
      }
      return of(false);
    }
    double[] sums = !polygons.isEmpty() ? areas(west, south) : weights(all, west, south);
    if (sums == null) return new double[] {(west + east) / 2, (south + north) / 2};
    return new double[] {west + sums[0], south + sums[1]};
  }

  /** Returns the centre of the polygons from an origin, or null if they have no area. */
  private double @Nullable [] areas(double originX, double originY) {
    double area = 0;
    double x = 0;
    double y = 0;
    for (List<double[]> rings : polygons) {
      for (int r = 0; r < rings.size(); r++) {
        double[] sums = moments(rings.get(r), originX, originY);
        // The outer ring counts, and holes are taken from it, whichever way they turn.
        double sign = (r == 0 ? 1 : -1) * Math.signum(sums[0]);
        area += sign * sums[0];
        x += sign * sums[1];
        y += sign * sums[2];
      }
    }
    return area > 0 ? new double[] {x / (3 * area), y / (3 * area)} : null;
  }

  /** Returns the centre of lines by length, or of points, from an origin; null without length. */
  private static double @Nullable [] weights(List<double[]> parts, double originX, double originY) {
    double weight = 0;
    double x = 0;
    double y = 0;
    for (double[] part : parts) {
      boolean point = part.length == 2;
      for (int i = 0; i < part.length; i += 2) {
        int next = point ? i : i + 2;
        if (next >= part.length) continue;
        double length = Math.hypot(part[next] - part[i], part[next + 1] - part[i + 1]);
        double share = point ? 1 : length;
        weight += share;
        x += share * ((part[i] + part[next]) / 2 - originX);
        y += share * ((part[i + 1] + part[next + 1]) / 2 - originY);
      }
    }
    return weight > 0 ? new double[] {x / weight, y / weight} : null;
  }

  /** Returns twice the signed area of a ring, and six times its first moments, from an origin. */
  private static double[] moments(double[] ring, double originX, double originY) {
    double area = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i + 3 < ring.length; i += 2) {
      double x0 = ring[i] - originX;
      double y0 = ring[i + 1] - originY;
      double x1 = ring[i + 2] - originX;
      double y1 = ring[i + 3] - originY;
      double cross = x0 * y1 - x1 * y0;
      area += cross;
      x += (x0 + x1) * cross;
      y += (y0 + y1) * cross;
    }
    return new double[] {area, x, y};
  }
}
