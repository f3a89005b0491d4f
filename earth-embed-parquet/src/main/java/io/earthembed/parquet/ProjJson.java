package io.earthembed.parquet;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts reference systems in PROJJSON (schema 0.7) to parameters of PROJ, for systems that have
 * no code. Systems on a datum far from WGS 84 are refused, because their shift is not described.
 */
final class ProjJson {
  /** Beginnings of the names of datums that are within 2 m of WGS 84, or of none. */
  private static final List<String> NEAR_WGS84 =
      List.of(
          "world geodetic system 1984",
          "wgs 84",
          "wgs_1984",
          "wgs84",
          "d_wgs_1984",
          "north american datum 1983",
          "nad83",
          "d_north_american_1983",
          "european terrestrial reference system 1989",
          "etrs89",
          "d_etrs_1989",
          "international terrestrial reference frame",
          "itrf",
          "geocentric datum of australia",
          "sistema de referencia geocentrico para las americas",
          "unknown");

  private final JsonObject conversion;
  private final Map<String, Double> values = new HashMap<>();
  private final Map<String, String> out = new LinkedHashMap<>();

  private ProjJson(JsonObject conversion) {
    this.conversion = conversion;
  }

  /** Returns the authority and the code of a system, such as EPSG:32633, or null. */
  static @Nullable String code(JsonObject system) {
    JsonElement id = system.get("id");
    if (id == null || !id.getAsJsonObject().has("code")) return null;
    return text(id.getAsJsonObject(), "authority") + ":" + text(id.getAsJsonObject(), "code");
  }

  /**
   * Returns a system as parameters such as {@code +proj=laea +lat_0=10 +a=6378137}.
   *
   * @throws IllegalArgumentException if it is not supported; the message says what
   * @throws JsonParseException if members are missing
   */
  static String parameters(JsonObject system) {
    String type = text(system, "type");
    if (type.equals("CompoundCRS")) {
      return parameters(member(system, "components").getAsJsonArray().get(0).getAsJsonObject());
    }
    if (type.endsWith("GeographicCRS") || type.equals("GeodeticCRS")) {
      requireDegrees(system);
      Map<String, String> out = new LinkedHashMap<>();
      out.put("proj", "longlat");
      addEllipsoid(system, out);
      return joined(out);
    }
    if (!type.equals("ProjectedCRS")) throw unsupported("of type " + type);
    ProjJson reader = new ProjJson(member(system, "conversion").getAsJsonObject());
    double flattening = addEllipsoid(member(system, "base_crs").getAsJsonObject(), reader.out);
    reader.readValues();
    reader.project(flattening);
    double unit = unit(system);
    if (unit != 1) reader.out.put("to_meter", String.valueOf(unit));
    return joined(reader.out);
  }

  private static String joined(Map<String, String> parameters) {
    StringBuilder text = new StringBuilder("+proj=").append(parameters.get("proj"));
    parameters.forEach(
        (key, value) -> {
          if (!key.equals("proj")) text.append(" +").append(key).append('=').append(value);
        });
    return text.append(" +no_defs").toString();
  }

  private static IllegalArgumentException unsupported(String what) {
    return new IllegalArgumentException("a reference system " + what + " is not supported");
  }

  /** Adds the axes of the ellipsoid and returns its flattening; 0 for a sphere. */
  private static double addEllipsoid(JsonObject geographic, Map<String, String> out) {
    JsonObject datum =
        geographic.has("datum")
            ? member(geographic, "datum").getAsJsonObject()
            : member(geographic, "datum_ensemble").getAsJsonObject();
    String name = text(datum, "name");
    String lower = name.toLowerCase(Locale.ROOT);
    if (NEAR_WGS84.stream().noneMatch(lower::startsWith)) throw unsupported("on the datum " + name);
    if (datum.has("prime_meridian")) {
      JsonElement longitude = member(datum.getAsJsonObject("prime_meridian"), "longitude");
      boolean greenwich = longitude.isJsonPrimitive() && longitude.getAsDouble() == 0;
      if (!greenwich) throw unsupported("whose prime meridian is not that of Greenwich");
    }
    JsonObject ellipsoid = member(datum, "ellipsoid").getAsJsonObject();
    // PROJ4J computes other values of R and of rf than PROJ.
    double a = length(member(ellipsoid, ellipsoid.has("radius") ? "radius" : "semi_major_axis"));
    double b = a;
    if (ellipsoid.has("semi_minor_axis")) {
      b = length(member(ellipsoid, "semi_minor_axis"));
    } else if (ellipsoid.has("inverse_flattening")) {
      b = a - a / member(ellipsoid, "inverse_flattening").getAsDouble();
    }
    out.put("a", String.valueOf(a));
    out.put("b", String.valueOf(b));
    return 1 - b / a;
  }

  private static double length(JsonElement element) {
    if (element.isJsonPrimitive()) return element.getAsDouble();
    JsonObject value = element.getAsJsonObject();
    return member(value, "value").getAsDouble() * factor(member(value, "unit"));
  }

  /** Returns a unit's size in metres, radians or 1. */
  private static double factor(JsonElement unit) {
    if (unit.isJsonObject()) {
      return member(unit.getAsJsonObject(), "conversion_factor").getAsDouble();
    }
    return switch (unit.getAsString()) {
      case "degree" -> Math.toRadians(1);
      case "metre", "unity" -> 1;
      default -> throw unsupported("with the unit " + unit.getAsString());
    };
  }

  /** Returns the size in metres of the unit of the coordinates. */
  private static double unit(JsonObject system) {
    JsonArray axes =
        member(member(system, "coordinate_system").getAsJsonObject(), "axis").getAsJsonArray();
    double first = factor(member(axes.get(0).getAsJsonObject(), "unit"));
    for (JsonElement axis : axes) {
      String direction = text(axis.getAsJsonObject(), "direction");
      if (direction.equals("west")) throw unsupported("with an axis to the west");
      if (factor(member(axis.getAsJsonObject(), "unit")) != first) {
        throw unsupported("with axes of several units");
      }
    }
    return first;
  }

  private static void requireDegrees(JsonObject system) {
    if (Math.abs(unit(system) - Math.toRadians(1)) > 1e-15) {
      throw unsupported("whose coordinates are angles, but not degrees,");
    }
  }

  private void readValues() {
    if (!conversion.has("parameters")) return;
    for (JsonElement element : member(conversion, "parameters").getAsJsonArray()) {
      JsonObject parameter = element.getAsJsonObject();
      double value = member(parameter, "value").getAsDouble();
      if (parameter.has("unit")) {
        JsonElement unit = member(parameter, "unit");
        boolean angle =
            unit.isJsonObject()
                ? text(unit.getAsJsonObject(), "type").equals("AngularUnit")
                : unit.getAsString().equals("degree");
        value *= factor(unit);
        if (angle) value = Math.toDegrees(value);
      }
      values.put(text(parameter, "name").toLowerCase(Locale.ROOT), value);
    }
  }

  /** Adds the parameter of PROJ for the first of some names that the conversion has. */
  private void add(String parameter, String... names) {
    for (String name : names) {
      Double value = values.remove(name);
      if (value == null) continue;
      out.put(parameter, plain(value));
      return;
    }
  }

  /** Writes a whole number without a fraction, and others with all digits. */
  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  private double required(String name) {
    Double value = values.remove(name);
    if (value == null) throw new JsonParseException("no " + name);
    return value;
  }

  /** Adds the projection, only as far as PROJ4J computes what PROJ does. */
  private void project(double flattening) {
    boolean sphere = flattening == 0;
    String method = text(member(conversion, "method").getAsJsonObject(), "name");
    String shape = sphere ? " on a sphere" : " on an ellipsoid";
    String projection =
        switch (method.toLowerCase(Locale.ROOT)) {
          case "transverse mercator" -> sphere ? "" : "etmerc";
          case "lambert azimuthal equal area", "lambert azimuthal equal area (spherical)" -> "laea";
          case "lambert conic conformal (2sp)" -> "lcc";
          case "lambert conic conformal (1sp)" -> {
            out.put("lat_1", plain(values.getOrDefault("latitude of natural origin", 0.0)));
            yield "lcc";
          }
          case "albers equal area" -> sphere ? "" : "aea";
          case "polar stereographic (variant a)" -> {
            out.put("lat_ts", plain(values.getOrDefault("latitude of natural origin", 90.0)));
            yield "stere";
          }
          case "polar stereographic (variant b)" -> {
            double parallel = required("latitude of standard parallel");
            out.put("lat_0", parallel < 0 ? "-90" : "90");
            out.put("lat_ts", plain(parallel));
            yield "stere";
          }
          case "mercator (variant a)" -> "merc";
          case "mercator (variant b)" -> {
            double parallel = Math.toRadians(required("latitude of 1st standard parallel"));
            double sine = Math.sin(parallel);
            double e2 = flattening * (2 - flattening);
            out.put("k_0", plain(Math.cos(parallel) / Math.sqrt(1 - e2 * sine * sine)));
            yield "merc";
          }
          case "sinusoidal" -> sphere ? "sinu" : "";
          case "mollweide" -> "moll";
          case "robinson" -> "robin";
          case "lambert cylindrical equal area", "lambert cylindrical equal area (spherical)" ->
              "cea";
          case "equal earth" -> "eqearth";
          default -> "";
        };
    if (projection.isEmpty()) throw unsupported("by the method " + method + shape);
    out.put("proj", projection);
    add("lat_0", "latitude of natural origin", "latitude of false origin");
    add("lon_0", "longitude of natural origin", "longitude of false origin", "longitude of origin");
    boolean conic = Set.of("lcc", "aea").contains(projection);
    add(conic ? "lat_1" : "lat_ts", "latitude of 1st standard parallel");
    add("lat_2", "latitude of 2nd standard parallel");
    add("k_0", "scale factor at natural origin");
    add("x_0", "false easting", "easting at false origin");
    add("y_0", "false northing", "northing at false origin");
    values.values().removeIf(value -> value == 0);
    if (!values.isEmpty()) throw unsupported("by the method " + method + " with " + values);
  }

  private static String text(JsonObject object, String name) {
    return member(object, name).getAsString();
  }

  private static JsonElement member(@Nullable JsonObject object, String name) {
    JsonElement member = object == null ? null : object.get(name);
    if (member == null) throw new JsonParseException("no " + name);
    return member;
  }
}
