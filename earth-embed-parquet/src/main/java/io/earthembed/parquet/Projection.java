package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.geo.GeoPoint;
import java.util.Map;
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
  private static final String EQUAL_EARTH = "+proj=eqearth ";

  /** Equal Earth, which PROJ4J lacks: Greenwich, Americas, Asia-Pacific. */
  private static final Map<String, String> LACKING =
      Map.of(
          "8857", EQUAL_EARTH + "+lon_0=0 +a=6378137 +rf=298.257223563",
          "8858", EQUAL_EARTH + "+lon_0=-90 +a=6378137 +rf=298.257223563",
          "8859", EQUAL_EARTH + "+lon_0=150 +a=6378137 +rf=298.257223563");

  private static final Pattern CRS84 = Pattern.compile("(?:.*[:/])?(?:OGC:)?CRS84");

  private final String name;
  private final boolean geographic;
  private final @Nullable CoordinateTransform transform;
  private final @Nullable EqualEarth equalEarth;

  private Projection(
      String name,
      boolean geographic,
      @Nullable CoordinateTransform transform,
      @Nullable EqualEarth equalEarth) {
    this.name = name;
    this.geographic = geographic;
    this.transform = transform;
    this.equalEarth = equalEarth;
  }

  /**
   * Returns the projection of a system.
   *
   * @param name such as OGC:CRS84, EPSG:32633 or urn:ogc:def:crs:EPSG::32633, or PROJJSON
   * @throws IllegalArgumentException if it is not known
   */
  static Projection of(String name) {
    if (name.startsWith("{")) return ofJson(name);
    Matcher epsg = EPSG.matcher(name);
    if (CRS84.matcher(name).matches() || epsg.matches() && epsg.group(1).equals("4326")) {
      return new Projection(name, true, null, null);
    }
    String lacking = epsg.matches() ? LACKING.get(epsg.group(1)) : null;
    if (lacking != null) return ofParameters(name, lacking);
    if (!epsg.matches()) {
      throw new IllegalArgumentException(
          "crs is "
              + name
              + ", neither OGC:CRS84, EPSG and a code, such as EPSG:32633, nor PROJJSON");
    }
    try {
      CRSFactory systems = new CRSFactory();
      CoordinateReferenceSystem system = systems.createFromName("EPSG:" + epsg.group(1));
      return new Projection(
          name,
          system.isGeographic(),
          new CoordinateTransformFactory()
              .createTransform(system, systems.createFromName("EPSG:4326")),
          null);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("crs " + name + " is not known: " + e.getMessage(), e);
    }
  }

  /** Returns the projection of PROJJSON, by its code or else by its description. */
  private static Projection ofJson(String json) {
    try {
      JsonObject system = new Gson().fromJson(json, JsonObject.class);
      String label = system.has("name") ? system.get("name").getAsString() : "without a name";
      String code = ProjJson.code(system);
      try {
        if (code != null) return of(code);
      } catch (IllegalArgumentException e) {
        // The description may serve if PROJ4J does not know the code.
      }
      try {
        return ofParameters(label, ProjJson.parameters(system));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("crs '" + label + "': " + e.getMessage(), e);
      }
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | UnsupportedOperationException e) {
      throw new IllegalArgumentException("crs is not valid PROJJSON: " + e.getMessage(), e);
    }
  }

  private static Projection ofParameters(String name, String parameters) {
    if (parameters.startsWith(EQUAL_EARTH)) {
      return new Projection(name, false, null, EqualEarth.of(parameters));
    }
    try {
      CoordinateReferenceSystem system = new CRSFactory().createFromParameters(name, parameters);
      // Degrees on its own ellipsoid: the datum is close to WGS 84.
      return new Projection(
          name,
          system.isGeographic(),
          new CoordinateTransformFactory().createTransform(system, system.createGeographic()),
          null);
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
    if (equalEarth != null) {
      double[] at = equalEarth.inverse(x, y);
      if (!Double.isNaN(at[0])) return new GeoPoint(at[1], at[0]);
      throw new IllegalArgumentException("no place of " + name + ": " + x + ", " + y);
    }
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
