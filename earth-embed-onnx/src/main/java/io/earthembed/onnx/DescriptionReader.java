package io.earthembed.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.earthembed.common.CorruptDataException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.SigmoidScore;
import io.earthembed.image.resample.Resampler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code model.json}. Refuses unknown fields: a misspelled one would change a model's input.
 */
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
      if (!known.contains(name)) throw fault(name, "unknown field, expected " + known);
    }
  }

  static ModelDescription read(ModelFiles files) {
    return read(files.describe(FILE), json(files, FILE));
  }

  /**
   * Reads a description from JSON.
   *
   * @param file where it is from, for messages
   */
  static ModelDescription read(String file, JsonObject json) {
    DescriptionReader top =
        new DescriptionReader(
            file,
            json,
            "",
            Set.of(
                "name",
                "version",
                "dimension",
                "image",
                "text",
                "location",
                "imageText",
                "sigmoid",
                "trainedOn",
                "notes"));
    try {
      return ModelDescription.builder(
              new ModelInfo(top.string("name"), top.string("version"), top.integer("dimension")))
          .image(top.has("image") ? image(top) : null)
          .text(top.has("text") ? text(top) : null)
          .location(top.has("location") ? location(top) : null)
          .imageText(top.has("imageText") ? imageText(top) : null)
          .sigmoid(top.has("sigmoid") ? sigmoid(top) : null)
          .trainedOn(top.stringOrNull("trainedOn"))
          .notes(top.stringOrNull("notes"))
          .build();
    } catch (IllegalArgumentException e) { // thrown by a builder, naming the field
      throw new CorruptDataException(file, String.valueOf(e.getMessage()), e);
    }
  }

  /** Reads a file that is a JSON object. */
  static JsonObject json(ModelFiles files, String name) {
    String file = files.describe(name);
    try {
      JsonElement json = parse(new String(files.read(name), StandardCharsets.UTF_8));
      if (json.isJsonObject()) return json.getAsJsonObject();
      throw new CorruptDataException(file, "is not a JSON object");
    } catch (JsonParseException e) {
      throw new CorruptDataException(file, "is not JSON", e);
    }
  }

  /** Uses only the API of Gson 2.8.5, which some notebook kernels put on the class path. */
  @SuppressWarnings("deprecation")
  private static JsonElement parse(String json) {
    return new JsonParser().parse(json);
  }

  private static ImageDescription image(DescriptionReader top) {
    DescriptionReader image =
        top.section(
            "image",
            Set.of(
                "file",
                "input",
                "output",
                "channels",
                "size",
                "resize",
                "resizeTo",
                "fill",
                "crop",
                "interpolation",
                "antialias",
                "divisor",
                "mean",
                "std",
                "metadata",
                "pooling"));
    int size = image.integer("size");
    return ImageDescription.builder(image.network(), size)
        .bands(image.bands())
        .channelOrder(image.channelOrder())
        .resize(image.choice("resize", ImageDescription.Resize.SHORTER_SIDE))
        .resizeTo(image.has("resizeTo") ? image.integer("resizeTo") : size)
        .fill(image.has("fill") ? image.integer("fill") : 0)
        .crop(image.choice("crop", ImageDescription.Crop.FLOOR))
        .interpolation(image.choice("interpolation", Resampler.Filter.class))
        .antialias(!image.has("antialias") || image.bool("antialias"))
        .divisor(
            image.has("divisor") ? (float) image.number("divisor", image.require("divisor")) : 255f)
        .mean(image.floats("mean"))
        .std(image.floats("std"))
        .metadata(image.metadata())
        .pooling(image.pooling())
        .build();
  }

  private Map<String, PictureMetadata> metadata() {
    Map<String, PictureMetadata> metadata = new LinkedHashMap<>();
    if (!has("metadata")) return metadata;
    if (!(require("metadata") instanceof JsonObject inputs)) {
      throw fault("metadata", "is not an object");
    }
    DescriptionReader reader =
        new DescriptionReader(file, inputs, path + "metadata.", inputs.keySet());
    for (String input : inputs.keySet()) {
      metadata.put(input, reader.choice(input, PictureMetadata.class));
    }
    return metadata;
  }

  private @Nullable Pooling pooling() {
    return has("pooling") ? choice("pooling", Pooling.class) : null;
  }

  private ImageDescription.ChannelOrder channelOrder() {
    return isText(require("channels"), "BGR")
        ? ImageDescription.ChannelOrder.BGR
        : ImageDescription.ChannelOrder.RGB;
  }

  private static boolean isText(JsonElement element, String text) {
    return element instanceof JsonPrimitive value
        && value.isString()
        && value.getAsString().equals(text);
  }

  /** Returns the names of bands; empty for true colors. */
  private List<String> bands() {
    JsonElement channels = require("channels");
    if (isText(channels, "RGB") || isText(channels, "BGR")) return List.of();
    if (!(channels instanceof JsonArray names) || names.size() == 0) {
      throw fault("channels", "expected \"RGB\", \"BGR\" or a list of bands");
    }
    List<String> bands = new ArrayList<>();
    for (JsonElement name : names) bands.add(name.isJsonPrimitive() ? name.getAsString() : "");
    return bands;
  }

  private static TextDescription text(DescriptionReader top) {
    DescriptionReader text =
        top.section(
            "text",
            Set.of(
                "file",
                "input",
                "output",
                "tokenizer",
                "prefix",
                "suffix",
                "clean",
                "contextLength",
                "padId",
                "vocabularySize",
                "padding",
                "pooling"));
    return TextDescription.builder(text.network())
        .tokenizer(text.string("tokenizer"))
        .prefix(text.has("prefix") ? text.string("prefix") : "")
        .suffix(text.has("suffix") ? text.string("suffix") : "")
        .clean(text.choice("clean", TextCleaning.NONE))
        .contextLength(text.integer("contextLength"))
        .padId(text.integer("padId"))
        .vocabularySize(text.integer("vocabularySize"))
        .padding(text.choice("padding", TextDescription.Padding.AUTO))
        .pooling(text.pooling())
        .build();
  }

  private static ModelDescription.Location location(DescriptionReader top) {
    DescriptionReader location =
        top.section(
            "location",
            Set.of("file", "input", "output", "degree", "harmonics", "precision", "trainedOn"));
    String precision = location.has("precision") ? location.string("precision") : "float32";
    if (!precision.equals("float32") && !precision.equals("float64")) {
      throw location.fault("precision", "is neither float32 nor float64: " + precision);
    }
    return new ModelDescription.Location(
        location.network(),
        location.integer("degree"),
        location.choice("harmonics", ModelDescription.Harmonics.CLOSED_FORM),
        precision.equals("float64"),
        location.stringOrNull("trainedOn"));
  }

  private static ModelDescription.ImageText imageText(DescriptionReader top) {
    DescriptionReader both =
        top.section("imageText", Set.of("input", "prompt", "prefix", "suffix"));
    return new ModelDescription.ImageText(
        both.string("input"),
        both.string("prompt"),
        both.string("prefix"),
        both.has("suffix") ? both.string("suffix") : "");
  }

  private static SigmoidScore sigmoid(DescriptionReader top) {
    DescriptionReader sigmoid = top.section("sigmoid", Set.of("scale", "bias"));
    return new SigmoidScore(
        sigmoid.number("scale", sigmoid.require("scale")),
        sigmoid.number("bias", sigmoid.require("bias")));
  }

  private ModelDescription.Network network() {
    return new ModelDescription.Network(string("file"), string("input"), string("output"));
  }

  private boolean has(String name) {
    return object.has(name);
  }

  private DescriptionReader section(String name, Set<String> known) {
    JsonElement value = require(name);
    if (!value.isJsonObject()) throw fault(name, "is not an object");
    return new DescriptionReader(file, value.getAsJsonObject(), path + name + ".", known);
  }

  private String string(String name) {
    if (require(name) instanceof JsonPrimitive value && value.isString()) {
      return value.getAsString();
    }
    throw fault(name, "is not a string");
  }

  private @Nullable String stringOrNull(String name) {
    return has(name) ? string(name) : null;
  }

  private boolean bool(String name) {
    if (require(name) instanceof JsonPrimitive value && value.isBoolean()) {
      return value.getAsBoolean();
    }
    throw fault(name, "is neither true nor false");
  }

  private <E extends Enum<E>> E choice(String name, E defaultValue) {
    return has(name) ? choice(name, defaultValue.getDeclaringClass()) : defaultValue;
  }

  /** Reads an enum constant, written in lower case with hyphens. */
  private <E extends Enum<E>> E choice(String name, Class<E> type) {
    String value = string(name);
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String written = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (written.equals(value)) return constant;
      names.add(written);
    }
    throw fault(name, "\"" + value + "\" is not one of " + names);
  }

  private int integer(String name) {
    double value = number(name, require(name));
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw fault(name, "is not a whole number: " + value);
    }
    return (int) value;
  }

  private List<Float> floats(String name) {
    if (!(require(name) instanceof JsonArray values)) throw fault(name, "is not a list");
    List<Float> floats = new ArrayList<>();
    for (JsonElement value : values) floats.add((float) number(name, value));
    return floats;
  }

  private double number(String name, JsonElement element) {
    if (element instanceof JsonPrimitive value && value.isNumber()) {
      double number = value.getAsDouble();
      if (Double.isFinite(number)) return number;
    }
    throw fault(name, "is not a number: " + element);
  }

  private JsonElement require(String name) {
    JsonElement value = object.get(name);
    if (value == null || value.isJsonNull()) throw fault(name, "is missing");
    return value;
  }

  private CorruptDataException fault(String name, String problem) {
    return new CorruptDataException(file, "field " + path + name + ": " + problem);
  }
}
