package io.earthembed.parquet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the centre of a geometry in well-known binary, of ISO or of PostGIS: the point itself, or
 * the centroid of points, lines or polygons in their plane. Other readers recurse as deep as a
 * hostile geometry is nested; this one reads no collections.
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
  private static final int LINE = 2;
  private static final int POLYGON = 3;
  private static final int MULTIPOINT = 4;
  private static final int MULTIPOLYGON = 6;

  // PostGIS marks dimensions and the reference system by bits, ISO dimensions by thousands.
  private static final int Z = 0x80000000;
  private static final int M = 0x40000000;
  private static final int SRID = 0x20000000;

  private final ByteBuffer in;
  private final Centroid centroid = new Centroid();

  private WkbCenter(ByteBuffer in) {
    this.in = in;
  }

  /**
   * Returns the centre, in the coordinates of the geometry; NaN if the geometry is empty.
   *
   * @param degrees whether coordinates are degrees, so that polygons on both sides of the
   *     antimeridian are close to each other
   * @return x and y
   * @throws IllegalArgumentException if it is damaged, or not of points, lines or polygons
   */
  static double[] of(byte[] wkb, boolean degrees) {
    WkbCenter reader = new WkbCenter(ByteBuffer.wrap(wkb));
    try {
      double[] point = reader.read(0);
      return point != null ? point : reader.centroid.of(degrees);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a geometry ends early", e);
    }
  }

  /**
   * Returns a point; or null after adding the parts of another geometry.
   *
   * @param expected the type of a part of a multiple geometry; 0 for the geometry itself
   */
  private double @Nullable [] read(int expected) {
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
    boolean outermost = expected == 0;
    if (outermost ? type < POINT || type > MULTIPOLYGON : type != expected) {
      String kind = type < KINDS.size() ? KINDS.get(type) : "type " + type;
      throw new IllegalArgumentException(
          "a geometry is a " + kind + ", not of points, lines or polygons");
    }
    if (type == POINT) {
      double[] point = position(dimensions);
      if (outermost) return point;
      if (!Double.isNaN(point[0])) centroid.addPoint(point[0], point[1]);
    } else if (type == LINE) {
      centroid.addLine(ring(dimensions));
    } else if (type == POLYGON) {
      List<double[]> rings = new ArrayList<>();
      int count = count(4);
      for (int i = 0; i < count; i++) rings.add(ring(dimensions));
      centroid.addPolygon(rings);
    } else {
      int count = count(9);
      for (int i = 0; i < count; i++) read(type - MULTIPOINT + POINT);
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
}
