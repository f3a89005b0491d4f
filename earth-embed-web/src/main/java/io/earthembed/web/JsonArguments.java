package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.earthembed.base.text.Timestamps;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a JSON object from a client. Every error is an {@link
 * IllegalArgumentException} that names the member.
 */
final class JsonArguments {
  private final JsonObject object;
  private final String path;
  private final Set<String> read = new HashSet<>();

  private JsonArguments(JsonObject object, String path) {
    this.object = object;
    this.path = path;
  }

  /** Returns the arguments of a request's body. */
  static JsonArguments of(JsonElement body) {
    return of(body, "");
  }

  private static JsonArguments of(JsonElement value, String path) {
    if (value instanceof JsonObject object) return new JsonArguments(object, path);
    throw new IllegalArgumentException(
        (path.isEmpty() ? "the body" : path) + " is not a JSON object");
  }

  private String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private @Nullable JsonElement get(String name) {
    read.add(name);
    JsonElement value = object.get(name);
    return value == null || value.isJsonNull() ? null : value;
  }

  boolean has(String name) {
    return get(name) != null;
  }

  private IllegalArgumentException wrong(String name, String expected) {
    return new IllegalArgumentException(path(name) + " is not " + expected);
  }

  @Nullable String text(String name, int maxLength) {
    JsonElement value = get(name);
    return value == null ? null : text(value, name, maxLength);
  }

  private String text(JsonElement value, String name, int maxLength) {
    if (!(value instanceof JsonPrimitive primitive) || !primitive.isString()) {
      throw wrong(name, "a text");
    }
    String text = value.getAsString();
    if (text.length() > maxLength) {
      throw new IllegalArgumentException(
          path(name) + " has " + text.length() + " characters, more than " + maxLength);
    }
    return text;
  }

  double number(String name, double fallback) {
    JsonElement value = get(name);
    return value == null ? fallback : number(value, name);
  }

  double requiredNumber(String name) {
    JsonElement value = get(name);
    if (value == null) throw new IllegalArgumentException(path(name) + " is missing");
    return number(value, name);
  }

  private double number(JsonElement value, String name) {
    if (!(value instanceof JsonPrimitive primitive) || !primitive.isNumber()) {
      throw wrong(name, "a number");
    }
    double number = primitive.getAsDouble();
    if (!Double.isFinite(number)) throw wrong(name, "a finite number");
    return number;
  }

  int integer(String name, int fallback, int min, int max) {
    if (!has(name)) return fallback;
    double number = requiredNumber(name);
    if (number != Math.rint(number) || number < min || number > max) {
      throw wrong(name, "a whole number in [" + min + ", " + max + "]: " + object.get(name));
    }
    return (int) number;
  }

  boolean flag(String name, boolean fallback) {
    JsonElement value = get(name);
    if (value == null) return fallback;
    if (!(value instanceof JsonPrimitive primitive) || !primitive.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return primitive.getAsBoolean();
  }

  /** Returns one of some texts. */
  String choice(String name, String fallback, List<String> choices) {
    String text = text(name, 100);
    if (text == null) return fallback;
    if (!choices.contains(text)) throw wrong(name, "one of " + choices + ": " + text);
    return text;
  }

  /**
   * Returns the value of an attribute, or null: a text, an integer, a number, a flag, or an object
   * with a time.
   */
  @Nullable Object value(String name, int maxLength) {
    JsonElement value = get(name);
    return value == null ? null : value(value, name, maxLength);
  }

  private Object value(JsonElement value, String name, int maxLength) {
    if (value instanceof JsonObject) {
      JsonArguments one = of(value, path(name));
      String integer = one.text("integer", 40);
      String text = integer == null ? one.text("time", 40) : null;
      one.requireNoOthers();
      if (integer != null) return integer(integer, path(name));
      if (text == null) throw wrong(name, "an object with a time or an integer");
      try {
        return Timestamps.parse(text);
      } catch (DateTimeParseException | IllegalArgumentException e) {
        throw new IllegalArgumentException(path(name) + ".time is not a time: " + text, e);
      }
    }
    if (!(value instanceof JsonPrimitive primitive)) {
      throw wrong(name, "a text, a number, a flag or an object with a time or an integer");
    }
    if (primitive.isBoolean()) return primitive.getAsBoolean();
    if (primitive.isString()) return text(value, name, maxLength);
    try {
      return Long.parseLong(primitive.getAsString());
    } catch (NumberFormatException e) {
      return number(value, name); // has a fraction, or is greater than a long
    }
  }

  private static long integer(String text, String name) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + ".integer is not an integer of 64 bits: " + text, e);
    }
  }

  /** Returns the values of an array. */
  List<Object> values(String name, int max, int maxLength) {
    List<Object> all = new ArrayList<>();
    for (JsonElement value : array(name, max)) {
      all.add(value(value, name + "[" + all.size() + "]", maxLength));
    }
    return all;
  }

  /** Returns the names of all members. */
  Set<String> names(int max) {
    if (object.size() > max) {
      throw new IllegalArgumentException(
          path + " has " + object.size() + " members, more than " + max);
    }
    return object.keySet();
  }

  /** Returns an object's arguments, or null. */
  @Nullable JsonArguments object(String name) {
    JsonElement value = get(name);
    return value == null ? null : of(value, path(name));
  }

  /** Returns an object as it is, or null. */
  @Nullable JsonObject json(String name) {
    JsonElement value = get(name);
    if (value == null) return null;
    if (!(value instanceof JsonObject json)) throw wrong(name, "a JSON object");
    return json;
  }

  private JsonArray array(String name, int max) {
    JsonElement value = get(name);
    if (value == null) return new JsonArray();
    if (!(value instanceof JsonArray array)) throw wrong(name, "an array");
    if (array.size() > max) {
      throw new IllegalArgumentException(
          path(name) + " has " + array.size() + " elements, more than " + max);
    }
    return array;
  }

  List<JsonArguments> objects(String name, int max) {
    List<JsonArguments> all = new ArrayList<>();
    for (JsonElement value : array(name, max)) {
      all.add(of(value, path(name) + "[" + all.size() + "]"));
    }
    return all;
  }

  List<String> texts(String name, int max, int maxLength) {
    List<String> all = new ArrayList<>();
    for (JsonElement value : array(name, max)) all.add(text(value, name, maxLength));
    return all;
  }

  float[] vector(String name, int max) {
    JsonArray array = array(name, max);
    float[] vector = new float[array.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) number(array.get(i), name + "[" + i + "]");
    }
    return vector;
  }

  /** Refuses members that were not asked for. */
  void requireNoOthers() {
    for (String name : object.keySet()) {
      if (!read.contains(name)) {
        throw new IllegalArgumentException(
            path(name) + " is unknown; known: " + read.stream().sorted().toList());
      }
    }
  }
}
