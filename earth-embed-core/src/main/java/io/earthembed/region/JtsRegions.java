package io.earthembed.region;

import io.earthembed.common.InvalidInputException;
import io.earthembed.geo.Region;
import io.earthembed.region.RegionBuilder.Ring;
import java.util.ArrayList;
import java.util.List;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryCollection;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;

/**
 * Makes regions of JTS geometries. An application that uses this class adds {@code
 * org.locationtech.jts:jts-core}; nothing else of this SDK needs it.
 */
public final class JtsRegions {
  private JtsRegions() {}

  /**
   * Returns the region of a polygon, a multipolygon or a collection of these, under the rules of
   * {@link Regions}. Later changes of the geometry do not change the region.
   *
   * @param geometry in degrees of WGS 84, x is longitude; its SRID is 0 or 4326
   * @return the union of all polygons
   * @throws InvalidInputException if the geometry has no polygon, or has points or lines
   */
  public static Region of(Geometry geometry) {
    RegionBuilder region = new RegionBuilder("JTS geometry");
    String problem = RegionBuilder.problem(geometry.getSRID());
    if (problem != null) throw region.failed(geometry.getGeometryType(), problem);
    add(geometry, region, 0);
    return region.build();
  }

  private static void add(Geometry geometry, RegionBuilder region, int depth) {
    String type = geometry.getGeometryType();
    if (depth > RegionBuilder.MAX_DEPTH) {
      throw region.failed(type, "nested more than " + RegionBuilder.MAX_DEPTH + " deep");
    }
    if (geometry instanceof Polygon polygon) {
      if (polygon.isEmpty()) return;
      List<Ring> rings = new ArrayList<>();
      rings.add(ring("shell", polygon.getExteriorRing(), region));
      for (int i = 0; i < polygon.getNumInteriorRing(); i++) {
        rings.add(ring("hole " + i, polygon.getInteriorRingN(i), region));
      }
      region.add(rings);
    } else if (geometry instanceof GeometryCollection
        && !type.equals(Geometry.TYPENAME_MULTIPOINT)
        && !type.equals(Geometry.TYPENAME_MULTILINESTRING)) {
      for (int i = 0; i < geometry.getNumGeometries(); i++) {
        add(geometry.getGeometryN(i), region, depth + 1);
      }
    } else {
      throw region.failed(type, RegionBuilder.refusal(type));
    }
  }

  private static Ring ring(String where, LinearRing ring, RegionBuilder region) {
    Coordinate[] corners = ring.getCoordinates();
    double[] xy = new double[2 * corners.length];
    for (int i = 0; i < corners.length; i++) {
      xy[2 * i] = corners[i].getX();
      xy[2 * i + 1] = corners[i].getY();
      String problem = RegionBuilder.problem(xy[2 * i], xy[2 * i + 1]);
      if (problem != null) throw region.failed(where + ", corner " + i, problem);
    }
    return new Ring(where, xy);
  }
}
