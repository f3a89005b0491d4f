package io.earthembed.parquet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the centre of a geometry in well-known binary, of ISO or of PostGIS: the point itself, or
 * the centroid of polygons in their plane. Other readers recurse as deep as a hostile geometry is
 * nested; this one reads only what has a centre.
 */
final class WkbCenter {
  private static final List<String> KINDS =
      List.of(
          "GEOMETRY",
          "POINT",
          "LINESTRING",
          "POLYGON",
          "MULTIPOINT",
          "MULTILINESTRING",
          "MULTIPOLYGON",
          "GEOMETRYCOLLECTION");
  private static final int POINT = 1;
  private static final int POLYGON = 3;
  private static final int MULTIPOLYGON = 6;

  // PostGIS marks dimensions and the reference system by bits, ISO dimensions by thousands.
  private static final int Z = 0x80000000;
  private static final int M = 0x40000000;
  private static final int SRID = 0x20000000;

  private final ByteBuffer in;

  /** Rings with x before y; the first of a polygon is its outer one. */
  private final List<List<double[]>> polygons = new ArrayList<>();

  private WkbCenter(ByteBuffer in) {
    this.in = in;
  }

  /**
   * Returns the centre, in the coordinates of the geometry; NaN if the geometry is empty.
   *
   * @param degrees whether coordinates are degrees, so that polygons on both sides of the
   *     antimeridian are close to each other
   * @return x and y
   * @throws IllegalArgumentException if it is damaged, or neither a point nor of polygons
   */
  static double[] of(byte[] wkb, boolean degrees) {
    WkbCenter reader = new WkbCenter(ByteBuffer.wrap(wkb));
    try {
      double[] point = reader.read(true);
      return point != null ? point : centroid(reader.polygons, degrees);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a geometry ends early", e);
    }
  }

  /** Returns a point; or null after adding polygons. */
  private double @Nullable [] read(boolean outermost) {
    byte order = in.get();
    if (order != 0 && order != 1) {
      throw new IllegalArgumentException("not well-known binary: byte order " + order);
    }
    in.order(order == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int code = in.getInt();
    if ((code & SRID) != 0) in.getInt();
    int iso = code & ~(Z | M | SRID);
    int type = iso % 1000;
    int thousands = iso / 1000;
    if (iso < 0 || thousands > 3) throw new IllegalArgumentException("a geometry of type " + iso);
    boolean both = thousands == 3;
    int dimensions =
        2
            + ((code & Z) != 0 || thousands == 1 || both ? 1 : 0)
            + ((code & M) != 0 || thousands == 2 || both ? 1 : 0);
    if (type == POINT && outermost) return position(dimensions);
    if (type == POLYGON) {
      List<double[]> rings = new ArrayList<>();
      int count = count(4);
      for (int i = 0; i < count; i++) rings.add(ring(dimensions));
      polygons.add(rings);
    } else if (type == MULTIPOLYGON && outermost) {
      int count = count(9);
      for (int i = 0; i < count; i++) read(false);
    } else {
      String kind = type < KINDS.size() ? KINDS.get(type) : "type " + type;
      throw new IllegalArgumentException("a geometry is a " + kind + ", not a point or polygon");
    }
    return null;
  }

  /** Reads a count; memory stays in proportion to the bytes, whatever it claims. */
  private int count(int bytesEach) {
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / bytesEach) {
      throw new IllegalArgumentException("a geometry ends early: " + count + " parts");
    }
    return count;
  }

  private double[] position(int dimensions) {
    double[] position = {in.getDouble(), in.getDouble()};
    in.position(Math.min(in.limit(), in.position() + 8 * (dimensions - 2)));
    return position;
  }

  private double[] ring(int dimensions) {
    int count = count(8 * dimensions);
    double[] ring = new double[2 * count];
    for (int i = 0; i < count; i++) {
      double[] position = position(dimensions);
      ring[2 * i] = position[0];
      ring[2 * i + 1] = position[1];
    }
    return ring;
  }

  private static double[] centroid(List<List<double[]>> polygons, boolean degrees) {
    double west = Double.POSITIVE_INFINITY;
    double east = Double.NEGATIVE_INFINITY;
    double south = Double.POSITIVE_INFINITY;
    double north = Double.NEGATIVE_INFINITY;
    for (List<double[]> rings : polygons) {
      for (double[] ring : rings) {
        for (int i = 0; i < ring.length; i += 2) {
          west = Math.min(west, ring[i]);
          east = Math.max(east, ring[i]);
          south = Math.min(south, ring[i + 1]);
          north = Math.max(north, ring[i + 1]);
        }
      }
    }
    if (!(west <= east)) return new double[] {Double.NaN, Double.NaN};
    // A tile is not half the globe wide: its parts lie beyond the antimeridian.
    if (degrees && east - west > 180) {
      for (List<double[]> rings : polygons) {
        for (double[] ring : rings) {
          for (int i = 0; i < ring.length; i += 2) if (ring[i] < 0) ring[i] += 360;
        }
      }
      return centroid(polygons, false);
    }
    double area = 0;
    double x = 0;
    double y = 0;
    for (List<double[]> rings : polygons) {
      for (int r = 0; r < rings.size(); r++) {
        double[] sums = moments(rings.get(r), west, south);
        // The outer ring counts, and holes are taken from it, whichever way they turn.
        double sign = (r == 0 ? 1 : -1) * Math.signum(sums[0]);
        area += sign * sums[0];
        x += sign * sums[1];
        y += sign * sums[2];
      }
    }
    if (!(area > 0)) return new double[] {(west + east) / 2, (south + north) / 2};
    return new double[] {west + x / (3 * area), south + y / (3 * area)};
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
