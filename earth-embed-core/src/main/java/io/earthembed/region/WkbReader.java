package io.earthembed.region;

import io.earthembed.common.InvalidInputException;
import io.earthembed.geo.Region;
import io.earthembed.region.RegionBuilder.Ring;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads regions from well-known binary, of ISO or of PostGIS. Messages name the byte. Memory stays
 * in proportion to the bytes, whatever counts they hold.
 */
final class WkbReader {
  private static final List<String> TYPES =
      List.of(
          "Geometry",
          "Point",
          "LineString",
          "Polygon",
          "MultiPoint",
          "MultiLineString",
          "MultiPolygon",
          "GeometryCollection",
          "CircularString",
          "CompoundCurve",
          "CurvePolygon",
          "MultiCurve",
          "MultiSurface",
          "Curve",
          "Surface",
          "PolyhedralSurface",
          "TIN",
          "Triangle");
  private static final int POLYGON = 3;
  private static final int MULTIPOLYGON = 6;
  private static final int COLLECTION = 7;

  // PostGIS marks dimensions and the reference system by bits, ISO dimensions by thousands.
  private static final int Z = 0x80000000;
  private static final int M = 0x40000000;
  private static final int SRID = 0x20000000;

  private final ByteBuffer in;
  private final RegionBuilder region = new RegionBuilder("WKB");

  WkbReader(byte[] bytes) {
    in = ByteBuffer.wrap(bytes);
  }

  Region read() {
    try {
      geometry(0);
    } catch (BufferUnderflowException e) {
      throw failed(in.position(), "the geometry ends early");
    }
    if (in.hasRemaining()) {
      throw failed(in.position(), in.remaining() + " bytes after the end of the geometry");
    }
    return region.build();
  }

  private void geometry(int depth) {
    int start = in.position();
    if (depth > RegionBuilder.MAX_DEPTH) {
      throw failed(start, "nested more than " + RegionBuilder.MAX_DEPTH + " deep");
    }
    byte order = in.get();
    if (order != 0 && order != 1) {
      throw failed(start, "byte order " + order + ": not well-known binary");
    }
    in.order(order == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int code = in.getInt();
    if ((code & SRID) != 0) {
      String problem = RegionBuilder.problem(in.getInt());
      if (problem != null) throw failed(start, problem);
    }
    int iso = code & ~(Z | M | SRID);
    int type = iso % 1000;
    int thousands = iso / 1000;
    if (thousands > 3 || type >= TYPES.size()) {
      throw failed(start, "geometry type " + iso + " is not supported");
    }
    boolean hasZ = (code & Z) != 0 || thousands == 1 || thousands == 3;
    boolean hasM = (code & M) != 0 || thousands == 2 || thousands == 3;
    int dimensions = 2 + (hasZ ? 1 : 0) + (hasM ? 1 : 0);
    switch (type) {
      case POLYGON -> polygon(dimensions);
      case MULTIPOLYGON, COLLECTION -> {
        int count = count(9);
        for (int i = 0; i < count; i++) {
          if (type == MULTIPOLYGON) requirePolygon();
          geometry(depth + 1);
        }
      }
      default -> throw failed(start, RegionBuilder.refusal(TYPES.get(type)));
    }
  }

  /** Fails unless the next geometry is a polygon, the only part that a multipolygon has. */
  private void requirePolygon() {
    int start = in.position();
    ByteOrder outer = in.order();
    byte order = in.get();
    in.order(order == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int type = (in.getInt() & ~(Z | M | SRID)) % 1000;
    if (type != POLYGON) throw failed(start, "a part of a MultiPolygon is of type " + type);
    in.order(outer).position(start);
  }

  private void polygon(int dimensions) {
    int count = count(4);
    List<Ring> rings = new ArrayList<>();
    for (int i = 0; i < count; i++) rings.add(ring(dimensions));
    region.add(rings);
  }

  private Ring ring(int dimensions) {
    int start = in.position();
    int count = count(8 * dimensions);
    double[] xy = new double[2 * count];
    for (int i = 0; i < count; i++) {
      int position = in.position();
      xy[2 * i] = in.getDouble();
      xy[2 * i + 1] = in.getDouble();
      in.position(position + 8 * dimensions);
      String problem = RegionBuilder.problem(xy[2 * i], xy[2 * i + 1]);
      if (problem != null) throw failed(position, problem);
    }
    return new Ring("byte " + start, xy);
  }

  private int count(int bytesEach) {
    int start = in.position();
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / bytesEach) {
      throw failed(start, "the geometry ends early: " + Integer.toUnsignedLong(count) + " parts");
    }
    return count;
  }

  private InvalidInputException failed(int offset, String problem) {
    return region.failed("byte " + offset, problem);
  }
}
