package io.earthembed.stac;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.earthembed.base.text.Timestamps;
import io.earthembed.geo.BoundingBox;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads STAC's documents. Malformed ones raise IllegalArgumentExceptions without an address. */
final class StacJson {
  /** How far rounding may move an edge out of the globe, in degrees. */
  private static final double ROUNDING = 1e-6;

  private StacJson() {}

  /** Returns a member that must be a text. */
  static String text(JsonObject object, String member) {
    String text = optionalText(object, member);
    if (text == null) throw new IllegalArgumentException("no " + member);
    return text;
  }

  static @Nullable String optionalText(JsonObject object, String member) {
    JsonElement value = object.get(member);
    if (value == null || value.isJsonNull()) return null;
    // Some servers write numbers as ids.
    if (!value.isJsonPrimitive()) throw new IllegalArgumentException(member + " is no text");
    return value.getAsString();
  }

  /** Returns the first link of a relation, or null. */
  static @Nullable JsonObject link(JsonObject document, String relation) {
    List<JsonObject> links = links(document, relation);
    return links.isEmpty() ? null : links.get(0);
  }

  static List<JsonObject> links(JsonObject document, String relation) {
    List<JsonObject> links = new ArrayList<>();
    for (JsonElement element : array(document, "links")) {
      JsonObject link = object(element, "a link");
      if (relation.equals(optionalText(link, "rel"))) links.add(link);
    }
    return links;
  }

  static JsonArray array(JsonObject document, String member) {
    JsonElement value = document.get(member);
    if (value == null || value.isJsonNull()) return new JsonArray();
    if (!value.isJsonArray()) throw new IllegalArgumentException(member + " is no list");
    return value.getAsJsonArray();
  }

  private static JsonObject object(@Nullable JsonElement value, String name) {
    if (value == null || value.isJsonNull()) return new JsonObject();
    if (!value.isJsonObject()) throw new IllegalArgumentException(name + " is no object");
    return value.getAsJsonObject();
  }

  /**
   * Reads an item.
   *
   * @param document the address of the document with it
   * @param own whether that is the item's own document
   */
  static StacItem item(JsonElement element, URI document, boolean own) {
    JsonObject item = object(element, "an item");
    String id = text(item, "id");
    try {
      JsonObject link = link(item, "self");
      URI self = link == null ? null : document.resolve(Addresses.parse(text(link, "href")));
      if (self == null && own) self = document;
      URI base = self == null ? document : self;
      Map<String, StacAsset> assets = new LinkedHashMap<>();
      for (Map.Entry<String, JsonElement> asset : object(item.get("assets"), "assets").entrySet()) {
        String name = asset.getKey();
        assets.put(name, asset(name, object(asset.getValue(), "asset " + name), base));
      }
      JsonObject properties = object(item.get("properties"), "properties");
      JsonElement geometry = item.get("geometry");
      return new StacItem(
          id,
          optionalText(item, "collection"),
          self,
          box(array(item, "bbox")),
          geometry == null || geometry.isJsonNull() ? null : geometry.toString(),
          time(properties, "datetime"),
          time(properties, "start_datetime"),
          time(properties, "end_datetime"),
          assets,
          map(properties));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("item " + id + ": " + e.getMessage(), e);
    }
  }

  private static StacAsset asset(String name, JsonObject asset, URI base) {
    List<String> roles = new ArrayList<>();
    for (JsonElement role : array(asset, "roles")) roles.add(role.getAsString());
    Map<String, Object> others = map(asset);
    List.of("href", "type", "roles").forEach(others::remove);
    URI href = base.resolve(Addresses.parse(text(asset, "href")));
    return new StacAsset(name, href, optionalText(asset, "type"), roles, others);
  }

  private static @Nullable Instant time(JsonObject properties, String name) {
    String text = optionalText(properties, name);
    return text == null ? null : Timestamps.parse(text);
  }

  /** Returns the box of four edges, or of six with heights. */
  private static @Nullable BoundingBox box(JsonArray edges) {
    if (edges.size() == 0) return null;
    if (edges.size() != 4 && edges.size() != 6) {
      throw new IllegalArgumentException("a bbox of " + edges.size() + " numbers");
    }
    int upper = edges.size() / 2;
    return new BoundingBox(
        edge(edges.get(0), 180),
        edge(edges.get(1), 90),
        edge(edges.get(upper), 180),
        edge(edges.get(upper + 1), 90));
  }

  private static double edge(JsonElement value, double most) {
    double edge = value.getAsDouble();
    return Math.abs(edge) > most && Math.abs(edge) <= most + ROUNDING
        ? Math.copySign(most, edge)
        : edge;
  }

  /** Returns the members that have a value, which may be changed. */
  private static Map<String, Object> map(JsonObject object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object
        .entrySet()
        .forEach(
            member -> {
              Object value = value(member.getValue());
              if (value != null) map.put(member.getKey(), value);
            });
    return map;
  }

  private static @Nullable Object value(JsonElement element) {
    if (element.isJsonNull()) return null;
    if (element.isJsonObject()) return Map.copyOf(map(element.getAsJsonObject()));
    if (element.isJsonArray()) {
      List<Object> list = new ArrayList<>();
      for (JsonElement each : element.getAsJsonArray()) {
        Object value = value(each);
        // A list keeps the positions of its values.
        list.add(value == null ? Map.of() : value);
      }
      return List.copyOf(list);
    }
    JsonPrimitive primitive = element.getAsJsonPrimitive();
    if (primitive.isBoolean()) return primitive.getAsBoolean();
    return primitive.isNumber() ? (Object) primitive.getAsDouble() : primitive.getAsString();
  }
}
