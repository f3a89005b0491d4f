package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.imagery.Attributes;
import java.time.Instant;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Describes attributes of tiles for clients. */
final class AttributesJson {
  /** The most distinct texts of an attribute that are listed, so that clients can offer them. */
  private static final int MAX_TEXTS = 100;

  /** The most characters of a listed text. */
  private static final int MAX_TEXT = 200;

  /** Greater integers are texts, because readers of JSON such as JavaScript's would round them. */
  private static final long MAX_EXACT = (1L << 53) - 1;

  private AttributesJson() {}

  /** Returns the attributes of a tile by name. */
  static JsonObject of(Attributes attributes) {
    JsonObject json = new JsonObject();
    attributes.asMap().forEach((name, value) -> add(json, name, value));
    return json;
  }

  private static void add(JsonObject json, String name, Object value) {
    boolean rounded =
        value instanceof Long integer && (integer > MAX_EXACT || integer < -MAX_EXACT);
    if (value instanceof Number number && !rounded) json.addProperty(name, number);
    else if (value instanceof Boolean flag) json.addProperty(name, flag);
    else json.addProperty(name, value.toString());
  }

  /** Returns the attributes that tiles of a catalog have, by name. */
  static JsonObject describe(TileCatalog catalog) {
    JsonObject json = new JsonObject();
    catalog.attributeTypes().forEach((name, type) -> json.add(name, describe(catalog, name, type)));
    return json;
  }

  /** Describes one attribute by its type, and by its distinct texts or its range. */
  private static JsonObject describe(TileCatalog catalog, String name, Attributes.Type type) {
    JsonObject json = new JsonObject();
    json.addProperty("type", type.name().toLowerCase(Locale.ROOT));
    switch (type) {
      case TEXT -> {
        JsonArray texts = texts(catalog, name);
        if (texts != null) json.add("values", texts);
      }
      case INTEGER -> addRange(json, catalog, name, Long.class);
      case NUMBER -> addRange(json, catalog, name, Double.class);
      case TIME -> addRange(json, catalog, name, Instant.class);
      case FLAG -> {}
    }
    return json;
  }

  /** Returns the distinct texts in their order, or null if they are too many or too long. */
  private static @Nullable JsonArray texts(TileCatalog catalog, String name) {
    TreeSet<String> texts = new TreeSet<>();
    for (long i = 0; i < catalog.size(); i++) {
      if (!(catalog.attribute(i, name) instanceof String text)) continue;
      if (text.length() > MAX_TEXT) return null;
      texts.add(text);
      if (texts.size() > MAX_TEXTS) return null;
    }
    JsonArray json = new JsonArray();
    texts.forEach(json::add);
    return json;
  }

  private static <T extends Comparable<T>> void addRange(
      JsonObject json, TileCatalog catalog, String name, Class<T> type) {
    T least = null;
    T greatest = null;
    for (long i = 0; i < catalog.size(); i++) {
      Object value = catalog.attribute(i, name);
      if (value == null) continue;
      T own = type.cast(value);
      if (least == null || own.compareTo(least) < 0) least = own;
      if (greatest == null || own.compareTo(greatest) > 0) greatest = own;
    }
    if (least == null || greatest == null) return;
    add(json, "least", least);
    add(json, "greatest", greatest);
  }
}
