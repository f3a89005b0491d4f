package io.earthembed.parquet;

import io.earthembed.geo.GeoPoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.locationtech.proj4j.CRSFactory;
import org.locationtech.proj4j.CoordinateReferenceSystem;
import org.locationtech.proj4j.CoordinateTransform;
import org.locationtech.proj4j.CoordinateTransformFactory;
import org.locationtech.proj4j.ProjCoordinate;

/**
 * Converts coordinates of a reference system to points in WGS 84. The first coordinate is always
 * longitude or easting, as in GeoParquet. Not safe for many threads.
 */
final class Projection {
  private static final Pattern EPSG = Pattern.compile("(?:.*[:/])?EPSG[:/](?:[0-9.]*[:/])?(\\d+)");
  private static final Pattern CRS84 = Pattern.compile("(?:.*[:/])?(?:OGC:)?CRS84");

  private final String name;
  private final boolean geographic;
  private final @Nullable CoordinateTransform transform;

  private Projection(String name, boolean geographic, @Nullable CoordinateTransform transform) {
    this.name = name;
    this.geographic = geographic;
    this.transform = transform;
  }

  /**
   * Returns the projection of a system.
   *
   * @param name such as OGC:CRS84, EPSG:32633 or urn:ogc:def:crs:EPSG::32633
   * @throws IllegalArgumentException if it is not known
   */
  static Projection of(String name) {
    Matcher epsg = EPSG.matcher(name);
    if (CRS84.matcher(name).matches() || epsg.matches() && epsg.group(1).equals("4326")) {
      return new Projection(name, true, null);
    }
    if (!epsg.matches()) {
      throw new IllegalArgumentException(
          "crs is " + name + ", neither OGC:CRS84 nor EPSG and a code, such as EPSG:32633");
    }
    try {
      CRSFactory systems = new CRSFactory();
      CoordinateReferenceSystem system = systems.createFromName("EPSG:" + epsg.group(1));
      return new Projection(
          name,
          system.isGeographic(),
          new CoordinateTransformFactory()
              .createTransform(system, systems.createFromName("EPSG:4326")));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("crs " + name + " is not known: " + e.getMessage(), e);
    }
  }

  /** Returns whether its coordinates are degrees. */
  boolean isGeographic() {
    return geographic;
  }

  /**
   * Returns the point at coordinates.
   *
   * @throws IllegalArgumentException if there is none
   */
  GeoPoint point(double x, double y) {
    if (transform == null) return new GeoPoint(y, x);
    ProjCoordinate out = new ProjCoordinate();
    try {
      transform.transform(new ProjCoordinate(x, y), out);
      return new GeoPoint(out.y, out.x);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "no place of " + name + ": " + x + ", " + y + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
