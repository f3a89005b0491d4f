package io.earthembed.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.earthembed.CorruptDataException;
import io.earthembed.ModelInfo;
import io.earthembed.image.Resampler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code model.json}: a misspelt field would silently change what a model sees. */
final class DescriptionReader {
  static final String FILE = "model.json";

  private final String file;
  private final JsonObject object;
  private final String path;

  private DescriptionReader(String file, JsonObject object, String path, Set<String> known) {
    this.file = file;
    this.object = object;
    this.path = path;
    for (String name : object.keySet()) {
      if (!known.contains(name)) throw fault(name, "unknown field, expected " + known, null);
    }
  }

  static ModelDescription read(ModelFiles files) {
    String file = files.describe(FILE);
    JsonElement json;
    try {
      json = JsonParser.parseString(new String(files.read(FILE), StandardCharsets.UTF_8));
    } catch (JsonParseException e) {
      throw new CorruptDataException(file, -1, "is not JSON", e);
    }
    if (!json.isJsonObject()) throw new CorruptDataException(file, -1, "is not a JSON object");
    DescriptionReader top =
        new DescriptionReader(
            file,
            json.getAsJsonObject(),
            "",
            Set.of(
                "name", "version", "dimension", "image", "text", "location", "trainedOn", "notes"));
    try {
      return new ModelDescription(
          new ModelInfo(top.string("name"), top.string("version"), top.integer("dimension")),
          image(top),
          top.has("text") ? text(top) : null,
          top.has("location") ? location(top) : null,
          top.stringOrNull("trainedOn"),
          top.stringOrNull("notes"));
    } catch (IllegalArgumentException e) { // of a record, naming the field
      throw new CorruptDataException(file, -1, String.valueOf(e.getMessage()), e);
    }
  }

  private static ModelDescription.Image image(DescriptionReader top) {
    DescriptionReader image =
        top.section(
            "image",
            Set.of("file", "input", "output", "size", "mean", "std", "interpolation", "channels"));
    if (!image.string("channels").equals("RGB")) {
      throw image.fault("channels", "expected \"RGB\"", null);
    }
    String name = image.string("interpolation");
    Resampler.Filter filter;
    try {
      filter = Resampler.Filter.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw image.fault("interpolation", "\"" + name + "\" is neither bilinear nor bicubic", e);
    }
    return new ModelDescription.Image(
        image.network(), image.integer("size"), image.floats("mean"), image.floats("std"), filter);
  }

  private static ModelDescription.Text text(DescriptionReader top) {
    DescriptionReader text =
        top.section(
            "text",
            Set.of(
                "file",
                "input",
                "output",
                "tokenizer",
                "contextLength",
                "padId",
                "vocabularySize"));
    return new ModelDescription.Text(
        text.network(),
        text.string("tokenizer"),
        text.integer("contextLength"),
        text.integer("padId"),
        text.integer("vocabularySize"));
  }

  private static ModelDescription.Location location(DescriptionReader top) {
    DescriptionReader location =
        top.section("location", Set.of("file", "input", "output", "degree", "trainedOn"));
    return new ModelDescription.Location(
        location.network(), location.integer("degree"), location.stringOrNull("trainedOn"));
  }

  private ModelDescription.Network network() {
    return new ModelDescription.Network(string("file"), string("input"), string("output"));
  }

  private boolean has(String name) {
    return object.has(name);
  }

  private DescriptionReader section(String name, Set<String> known) {
    JsonElement value = require(name);
    if (!value.isJsonObject()) throw fault(name, "is not an object", null);
    return new DescriptionReader(file, value.getAsJsonObject(), path + name + ".", known);
  }

  private String string(String name) {
    if (require(name) instanceof JsonPrimitive value && value.isString()) {
      return value.getAsString();
    }
    throw fault(name, "is not a string", null);
  }

  private @Nullable String stringOrNull(String name) {
    return has(name) ? string(name) : null;
  }

  private int integer(String name) {
    double value = number(name, require(name));
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw fault(name, "is not a whole number: " + value, null);
    }
    return (int) value;
  }

  private List<Float> floats(String name) {
    if (!(require(name) instanceof JsonArray values)) throw fault(name, "is not a list", null);
    List<Float> floats = new ArrayList<>();
    for (JsonElement value : values) floats.add((float) number(name, value));
    return floats;
  }

  private double number(String name, JsonElement element) {
    if (element instanceof JsonPrimitive value && value.isNumber()) {
      double number = value.getAsDouble();
      if (Double.isFinite(number)) return number;
    }
    throw fault(name, "is not a number: " + element, null);
  }

  private JsonElement require(String name) {
    JsonElement value = object.get(name);
    if (value == null || value.isJsonNull()) throw fault(name, "is missing", null);
    return value;
  }

  private CorruptDataException fault(String name, String problem, @Nullable Throwable cause) {
    return new CorruptDataException(file, -1, "field " + path + name + ": " + problem, cause);
  }
}
