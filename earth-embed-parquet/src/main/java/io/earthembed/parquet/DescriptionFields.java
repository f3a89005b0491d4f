package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.common.CorruptDataException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, whose errors name the file and the field. Not for many threads. */
final class DescriptionFields {
  private final String file;
  private final String path;
  private final JsonObject json;
  private final Set<String> known = new HashSet<>();

  private DescriptionFields(String file, String path, JsonObject json) {
    this.file = file;
    this.path = path;
    this.json = json;
  }

  /** Parses a file. */
  static DescriptionFields parse(String file, String text) {
    try {
      JsonObject json = new Gson().fromJson(text, JsonObject.class);
      if (json != null) return new DescriptionFields(file, "", json);
    } catch (JsonParseException | ClassCastException e) {
      throw new CorruptDataException(file, "not a JSON object: " + e.getMessage(), e);
    }
    throw new CorruptDataException(file, "not a JSON object: the file is empty");
  }

  private @Nullable JsonElement find(String field) {
    known.add(field);
    JsonElement element = json.get(field);
    return element == null || element.isJsonNull() ? null : element;
  }

  boolean has(String field) {
    return find(field) != null;
  }

  /** Returns the exception for a field that is missing or not valid. */
  CorruptDataException wrong(String field, String problem) {
    return new CorruptDataException(file, "field " + path + field + " " + problem);
  }

  private JsonElement require(String field) {
    JsonElement element = find(field);
    if (element == null) throw wrong(field, "is missing");
    return element;
  }

  String text(String field) {
    JsonElement element = require(field);
    boolean text = element.isJsonPrimitive() && element.getAsJsonPrimitive().isString();
    if (!text) throw wrong(field, "is not a text");
    if (element.getAsString().isBlank()) throw wrong(field, "is empty");
    return element.getAsString();
  }

  String text(String field, String otherwise) {
    return has(field) ? text(field) : otherwise;
  }

  int positive(String field) {
    JsonElement element = require(field);
    try {
      int value = element.getAsBigDecimal().intValueExact();
      if (value > 0) return value;
    } catch (ArithmeticException
        | UnsupportedOperationException
        | IllegalStateException
        | NumberFormatException e) {
      throw wrong(field, "is not a positive whole number: " + element);
    }
    throw wrong(field, "is not a positive whole number: " + element);
  }

  URI address(String field) {
    return parsed(field, URI::create);
  }

  /** Returns a text that is parsed further. */
  <T> T parsed(String field, Function<String, T> parser) {
    String text = text(field);
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong(field, "is not valid: " + e.getMessage());
    }
  }

  DescriptionFields object(String field) {
    JsonElement element = require(field);
    if (!element.isJsonObject()) throw wrong(field, "is not an object");
    return new DescriptionFields(file, path + field + ".", element.getAsJsonObject());
  }

  /** Returns what another parser makes of a field's JSON. */
  <T> T json(String field, Function<String, T> parser, T otherwise) {
    JsonElement element = find(field);
    if (element == null) return otherwise;
    try {
      return parser.apply(element.toString());
    } catch (IllegalArgumentException e) {
      throw wrong(field, "is not valid: " + e.getMessage());
    }
  }

  /** Returns a list of texts; empty if the field is missing. */
  List<String> texts(String field) {
    JsonElement element = find(field);
    List<String> texts = new ArrayList<>();
    if (element == null) return texts;
    if (!(element instanceof JsonArray array)) throw wrong(field, "is not a list");
    for (JsonElement item : array) {
      if (!item.isJsonPrimitive()) throw wrong(field, "is not a list of texts");
      texts.add(item.getAsString());
    }
    return texts;
  }

  /** Returns the texts of an object by name; empty if the field is missing. */
  Map<String, String> textMap(String field) {
    Map<String, String> map = new LinkedHashMap<>();
    if (!has(field)) return map;
    DescriptionFields object = object(field);
    for (String name : object.json.keySet()) map.put(name, object.text(name));
    return map;
  }

  /** Refuses fields that nothing has asked for, which are likely to be misspelt. */
  void requireNoOthers() {
    Set<String> others = new TreeSet<>(json.keySet());
    others.removeAll(known);
    others.remove("comment");
    if (others.isEmpty()) return;
    throw wrong(others.iterator().next(), "is not known here; known: " + new TreeSet<>(known));
  }
}
