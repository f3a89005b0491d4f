package io.earthembed.region;

import io.earthembed.common.InvalidInputException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Polygon;
import io.earthembed.geo.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes a region of polygons whose edges are straight in the plane of longitude and latitude. */
final class RegionBuilder {
  /** Collections may be nested this deep. */
  static final int MAX_DEPTH = 32;

  /** The rounding of a turn around the Earth, in degrees. */
  private static final double ROUNDING = 1e-6;

  private final String source;
  private final List<Region> parts = new ArrayList<>();

  /**
   * @param source the format, for messages
   */
  RegionBuilder(String source) {
    this.source = source;
  }

  /**
   * A ring.
   *
   * @param where its place in the input, for messages
   * @param xy longitude and latitude of each corner in turn
   */
  record Ring(String where, double[] xy) {}

  /** Returns why coordinates are no place on the Earth, or null. */
  static @Nullable String problem(double longitude, double latitude) {
    if (latitude >= -90 && latitude <= 90 && longitude >= -360 && longitude <= 360) return null;
    return "longitude "
        + longitude
        + ", latitude "
        + latitude
        + " is not a place in degrees, longitude first";
  }

  /** Returns why a reference system cannot be read, or null if it is WGS 84 or none. */
  static @Nullable String problem(int srid) {
    if (srid == 0 || srid == 4326) return null;
    return "SRID " + srid + " is not supported: convert the coordinates to degrees, SRID 4326";
  }

  /** Returns the refusal of a geometry that has no area, or that this SDK does not read. */
  static String refusal(String type) {
    String kind = type.toUpperCase(Locale.ROOT);
    if (kind.endsWith("POINT") || kind.endsWith("LINESTRING") || kind.equals("LINEARRING")) {
      return type + " has no area; a region is made of polygons";
    }
    return type + " is not supported; a region is made of polygons";
  }

  InvalidInputException failed(String where, String problem) {
    return new InvalidInputException(source, -1, where + ": " + problem);
  }

  /** Adds a polygon; the first ring is its shell. A polygon without rings adds nothing. */
  void add(List<Ring> rings) {
    if (rings.isEmpty()) return;
    List<List<GeoPoint>> corners = new ArrayList<>();
    for (Ring ring : rings) corners.add(corners(ring));
    try {
      parts.add(Polygon.of(corners.get(0), corners.subList(1, corners.size())));
    } catch (IllegalArgumentException e) {
      throw failed(rings.get(0).where, String.valueOf(e.getMessage()));
    }
  }

  /** Returns a ring's corners, and points on edges whose way around the Earth needs them. */
  private List<GeoPoint> corners(Ring ring) {
    double[] xy = ring.xy;
    int size = xy.length / 2;
    if (size > 1 && xy[0] == xy[xy.length - 2] && xy[1] == xy[xy.length - 1]) size--;
    if (size < 3) throw failed(ring.where, "a ring of " + size + " corners has no area");
    List<GeoPoint> corners = new ArrayList<>(size);
    double west = xy[0];
    double east = xy[0];
    for (int i = 0; i < size; i++) {
      double x = xy[2 * i];
      double y = xy[2 * i + 1];
      double nextX = xy[2 * ((i + 1) % size)];
      double nextY = xy[2 * ((i + 1) % size) + 1];
      west = Math.min(west, x);
      east = Math.max(east, x);
      corners.add(new GeoPoint(y, x));
      double span = Math.abs(nextX - x);
      if (span < 180) continue;
      if (span > 180 && span < 360 - ROUNDING) {
        throw failed(
            ring.where,
            "the edge from longitude "
                + x
                + " to "
                + nextX
                + " may go either way around the Earth: cut the polygon at the antimeridian, use"
                + " longitudes beyond 180, or put a corner between");
      }
      for (int third = 1; third <= 2; third++) {
        double t = third / 3.0;
        corners.add(new GeoPoint(y + t * (nextY - y), x + t * (nextX - x)));
      }
    }
    if (east - west > 360 + ROUNDING) {
      throw failed(
          ring.where, "a ring of longitudes " + west + " to " + east + " goes around the Earth");
    }
    return corners;
  }

  /** Returns the union of the polygons. */
  Region build() {
    if (parts.isEmpty()) throw new InvalidInputException(source, -1, "there is no polygon");
    return Region.union(parts);
  }
}
