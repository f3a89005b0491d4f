package io.earthembed.region;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.earthembed.common.InvalidInputException;
import io.earthembed.geo.Region;
import io.earthembed.region.RegionBuilder.Ring;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads regions from GeoJSON (RFC 7946). Messages name the field as a path from the root. */
final class GeoJsonReader {
  private static final String SOURCE = "GeoJSON";

  /** The names of WGS 84 in the crs member of GeoJSON 2008, which RFC 7946 removed. */
  private static final Pattern WGS84 = Pattern.compile("(.*[:/])?(CRS84|EPSG:(.*:)?4326)");

  private final RegionBuilder region = new RegionBuilder(SOURCE);

  private GeoJsonReader() {}

  static Region read(String text) {
    GeoJsonReader reader = new GeoJsonReader();
    reader.read(parsed(text), "", 0);
    return reader.region.build();
  }

  private static JsonElement parsed(String text) {
    try {
      JsonReader in = new JsonReader(new StringReader(text));
      JsonElement root = new Gson().getAdapter(JsonElement.class).read(in);
      // Gson itself refuses most texts that go on.
      if (in.peek() == JsonToken.END_DOCUMENT) return root;
      throw new InvalidInputException(SOURCE, -1, "text after the end of the JSON value");
    } catch (IOException | JsonParseException | NumberFormatException e) {
      throw new InvalidInputException(SOURCE, -1, "not valid JSON: " + e.getMessage(), e);
    }
  }

  /** Reads a geometry, a feature or a collection of features. */
  private void read(JsonElement element, String path, int depth) {
    if (depth > RegionBuilder.MAX_DEPTH) {
      throw failed(path, "nested more than " + RegionBuilder.MAX_DEPTH + " deep");
    }
    if (!element.isJsonObject()) throw failed(path, "must be an object");
    JsonObject object = element.getAsJsonObject();
    requireWgs84(object.get("crs"), path);
    String type = text(object.get("type"));
    if (type == null) throw failed(path + ".type", "must be a text");
    switch (type) {
      case "FeatureCollection" -> all(object, "features", path, depth);
      case "GeometryCollection" -> all(object, "geometries", path, depth);
      case "Feature" -> {
        JsonElement geometry = object.get("geometry");
        if (geometry == null) throw failed(path + ".geometry", "is missing");
        if (!geometry.isJsonNull()) read(geometry, path + ".geometry", depth + 1);
      }
      case "Polygon" -> polygon(object.get("coordinates"), path + ".coordinates");
      case "MultiPolygon" -> {
        String coordinates = path + ".coordinates";
        JsonArray polygons = array(object.get("coordinates"), coordinates);
        for (int i = 0; i < polygons.size(); i++) polygon(polygons.get(i), at(coordinates, i));
      }
      default -> throw failed(path + ".type", RegionBuilder.refusal(type));
    }
  }

  private void all(JsonObject object, String member, String path, int depth) {
    String members = path + "." + member;
    JsonArray array = array(object.get(member), members);
    for (int i = 0; i < array.size(); i++) read(array.get(i), at(members, i), depth + 1);
  }

  private void polygon(@Nullable JsonElement element, String path) {
    JsonArray array = array(element, path);
    List<Ring> rings = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) rings.add(ring(array.get(i), at(path, i)));
    region.add(rings);
  }

  private Ring ring(JsonElement element, String path) {
    JsonArray positions = array(element, path);
    double[] xy = new double[2 * positions.size()];
    for (int i = 0; i < positions.size(); i++) {
      JsonElement position = positions.get(i);
      if (!position.isJsonArray() || position.getAsJsonArray().size() < 2) {
        throw failed(at(path, i), "must be an array of longitude and latitude");
      }
      for (int axis = 0; axis < 2; axis++) {
        JsonElement value = position.getAsJsonArray().get(axis);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
          throw failed(at(at(path, i), axis), "must be a number");
        }
        xy[2 * i + axis] = value.getAsDouble();
      }
      String problem = RegionBuilder.problem(xy[2 * i], xy[2 * i + 1]);
      if (problem != null) throw failed(at(path, i), problem);
    }
    return new Ring(name(path), xy);
  }

  private void requireWgs84(@Nullable JsonElement crs, String path) {
    if (crs == null || crs.isJsonNull()) return;
    String name = null;
    if (crs.isJsonObject() && crs.getAsJsonObject().get("properties") instanceof JsonObject named) {
      name = text(named.get("name"));
    }
    if (name == null || !WGS84.matcher(name).matches()) {
      throw failed(path + ".crs", "must be WGS 84, as RFC 7946 has it, and is " + crs);
    }
  }

  private JsonArray array(@Nullable JsonElement element, String path) {
    if (element == null || !element.isJsonArray()) throw failed(path, "must be an array");
    return element.getAsJsonArray();
  }

  private static @Nullable String text(@Nullable JsonElement element) {
    if (element == null || !element.isJsonPrimitive()) return null;
    return element.getAsJsonPrimitive().isString() ? element.getAsString() : null;
  }

  private static String at(String path, int i) {
    return path + "[" + i + "]";
  }

  private static String name(String path) {
    return path.isEmpty() ? "the root" : path.substring(1);
  }

  private InvalidInputException failed(String path, String problem) {
    return region.failed(name(path), problem);
  }
}
