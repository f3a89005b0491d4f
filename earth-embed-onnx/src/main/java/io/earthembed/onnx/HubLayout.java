package io.earthembed.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Describes a model by the files that Hugging Face's transformers, transformers.js and
 * sentence-transformers lay beside its ONNX files. Fields of a {@code model.json} take precedence;
 * it need have only those that cannot be derived.
 */
final class HubLayout {
  static final String CONFIG = "config.json";

  private final ModelFiles files;
  private final JsonObject given;
  private final JsonObject config;
  private final JsonObject derived = new JsonObject();

  /** Fields that cannot be derived, with a value as an example and the reason. */
  private final Map<String, Open> open = new TreeMap<>();

  private record Open(String example, String reason) {}

  private HubLayout(ModelFiles files) {
    this.files = files;
    this.given = optional(files, DescriptionReader.FILE);
    this.config = optional(files, CONFIG);
  }

  /**
   * Describes the model in a directory.
   *
   * @throws EarthEmbedException naming the fields that cannot be derived and are not in a {@code
   *     model.json}
   */
  static ModelDescription describe(ModelFiles files) {
    if (!files.has(CONFIG)) return DescriptionReader.read(files);
    HubLayout layout = new HubLayout(files);
    return layout.isComplete() ? DescriptionReader.read(files) : layout.describe();
  }

  /** Tells whether {@code model.json} describes the model by itself. */
  private boolean isComplete() {
    return List.of("name", "version", "dimension").stream().allMatch(this::isGiven)
        && (isGiven("image.file") || isGiven("text.file"));
  }

  private ModelDescription describe() {
    String image = network("image", "vision_model");
    String text = network("text", "text_model");
    if (image == null && text == null) {
      String file = OnnxVariants.find(files, "model");
      if (file == null) {
        throw new EarthEmbedException(
            files.describe(CONFIG)
                + ": there is no ONNX file for this model: none of "
                + OnnxVariants.names("model", "text_model", "vision_model"));
      }
      List<String> inputs = names(files.inspect(file).inputs());
      if (inputs.contains("input_ids") && inputs.contains("pixel_values")) {
        throw new EarthEmbedException(
            files.describe(file)
                + ": takes pictures and texts at once; export text_model.onnx and"
                + " vision_model.onnx instead, or describe image, text and imageText in "
                + DescriptionReader.FILE);
      }
      if (inputs.contains("input_ids")) text = file;
      else image = file;
    }
    if (image != null) new ImageLayout(this, image).derive();
    if (text != null) new TextLayout(this, text).derive();
    String main = image != null ? image : text;
    derive("name", new JsonPrimitive(files.name()));
    if (main != null && !isGiven("version")) {
      derive("version", new JsonPrimitive("sha256-" + files.digest(main).substring(0, 16)));
    }
    requireAnswers();
    return DescriptionReader.read(files.describe(CONFIG), merge(derived, given));
  }

  /** Returns the ONNX file of a tower, given or found, or null. */
  private @Nullable String network(String section, String name) {
    String file = givenText(section + ".file");
    return file == null ? OnnxVariants.find(files, name) : file;
  }

  ModelFiles files() {
    return files;
  }

  JsonObject config() {
    return config;
  }

  /** Returns a file's JSON, or an empty object if there is no such file. */
  static JsonObject optional(ModelFiles files, String name) {
    return files.has(name) ? DescriptionReader.json(files, name) : new JsonObject();
  }

  JsonObject optional(String name) {
    return optional(files, name);
  }

  static List<String> names(List<OnnxFile.Value> values) {
    List<String> names = new ArrayList<>();
    for (OnnxFile.Value value : values) names.add(value.name());
    return names;
  }

  /** Returns a field that is present and not null, or null. */
  static @Nullable JsonElement field(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || value.isJsonNull() ? null : value;
  }

  static JsonObject object(JsonObject object, String name) {
    return object.get(name) instanceof JsonObject found ? found : new JsonObject();
  }

  static @Nullable String string(JsonObject object, String name) {
    return object.get(name) instanceof JsonPrimitive value && value.isString()
        ? value.getAsString()
        : null;
  }

  /** Returns a whole number above 0 that fits an int, or -1. */
  static int positive(JsonObject object, String name) {
    return object.get(name) instanceof JsonPrimitive value
            && value.isNumber()
            && value.getAsDouble() > 0
            && value.getAsDouble() <= Integer.MAX_VALUE
        ? (int) value.getAsDouble()
        : -1;
  }

  static boolean bool(JsonObject object, String name, boolean defaultValue) {
    return object.get(name) instanceof JsonPrimitive value && value.isBoolean()
        ? value.getAsBoolean()
        : defaultValue;
  }

  /** Sets a field that was derived. */
  void derive(String path, JsonElement value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      if (field(derived, path) == null) derived.add(path, value);
      return;
    }
    String section = path.substring(0, dot);
    if (!derived.has(section)) derived.add(section, new JsonObject());
    object(derived, section).add(path.substring(dot + 1), value);
  }

  void derive(String path, String value) {
    derive(path, new JsonPrimitive(value));
  }

  void derive(String path, Number value) {
    derive(path, new JsonPrimitive(value));
  }

  /**
   * Asks for a field that cannot be derived.
   *
   * @param example a value in JSON
   */
  void ask(String path, String example, String reason) {
    open.putIfAbsent(path, new Open(example, reason));
  }

  /** Tells whether {@code model.json} has a field. */
  boolean isGiven(String path) {
    return given(path) != null;
  }

  /** Returns a field of {@code model.json}, or null. */
  @Nullable JsonElement given(String path) {
    int dot = path.indexOf('.');
    return dot < 0
        ? field(given, path)
        : field(object(given, path.substring(0, dot)), path.substring(dot + 1));
  }

  /**
   * Returns a text of {@code model.json}, or null if it is not there.
   *
   * @throws CorruptDataException if it is no text
   */
  @Nullable String givenText(String path) {
    JsonElement value = given(path);
    if (value == null) return null;
    if (value instanceof JsonPrimitive text && text.isString()) return text.getAsString();
    throw new CorruptDataException(
        files.describe(DescriptionReader.FILE), "field " + path + ": is not a string");
  }

  private void requireAnswers() {
    open.keySet().removeIf(this::isGiven);
    if (open.isEmpty()) return;
    StringBuilder reasons = new StringBuilder();
    Map<String, List<String>> lines = new TreeMap<>();
    open.forEach(
        (path, field) -> {
          reasons.append("\n  ").append(path).append(": ").append(field.reason());
          int dot = path.indexOf('.');
          String section = dot < 0 ? "" : path.substring(0, dot);
          lines
              .computeIfAbsent(section, any -> new ArrayList<>())
              .add("\"" + path.substring(dot + 1) + "\": " + field.example());
        });
    List<String> sections = new ArrayList<>();
    lines.forEach(
        (section, fields) ->
            sections.add(
                section.isEmpty()
                    ? String.join(", ", fields)
                    : "\"" + section + "\": { " + String.join(", ", fields) + " }"));
    throw new EarthEmbedException(
        files.describe(CONFIG)
            + ": the files beside it do not tell"
            + reasons
            + "\nAdd a "
            + DescriptionReader.FILE
            + " that does, such as\n  { "
            + String.join(", ", sections)
            + " }");
  }

  private static JsonObject merge(JsonObject base, JsonObject override) {
    JsonObject merged = new JsonObject();
    base.entrySet().forEach(field -> merged.add(field.getKey(), field.getValue()));
    for (Map.Entry<String, JsonElement> field : override.entrySet()) {
      JsonElement before = merged.get(field.getKey());
      boolean both = before instanceof JsonObject && field.getValue() instanceof JsonObject;
      merged.add(
          field.getKey(),
          both ? merge((JsonObject) before, (JsonObject) field.getValue()) : field.getValue());
    }
    return merged;
  }

  /**
   * Derives the output and the pooling of a tower.
   *
   * @param section image or text
   * @param embeddings names of outputs that are embeddings, best first
   * @param tokens names of outputs that have a vector per token
   * @param pooling how the tokens become the embedding, or null if that is not known
   */
  void deriveOutput(
      String section,
      OnnxFile onnx,
      List<String> embeddings,
      List<String> tokens,
      @Nullable Pooling pooling) {
    List<String> outputs = names(onnx.outputs());
    String output = givenText(section + ".output");
    if (output != null && !outputs.contains(output)) {
      throw new EarthEmbedException(
          files.describe(DescriptionReader.FILE)
              + ": "
              + section
              + ".output is "
              + output
              + ", but the network's outputs are "
              + outputs);
    }
    for (String name : embeddings) if (output == null && outputs.contains(name)) output = name;
    boolean pooled = output == null || tokens.contains(output);
    for (String name : tokens) if (output == null && outputs.contains(name)) output = name;
    if (output == null) {
      ask(
          section + ".output",
          outputs.isEmpty() ? "\"embedding\"" : "\"" + outputs.get(0) + "\"",
          "which of the network's outputs " + outputs + " is the embedding");
      return;
    }
    derive(section + ".output", output);
    List<Long> shape = List.of();
    for (OnnxFile.Value value : onnx.outputs()) {
      if (value.name().equals(output)) shape = value.shape();
    }
    if (pooled && shape.size() != 2) {
      if (pooling == null) {
        ask(
            section + ".pooling",
            "\"mean\"",
            "how the vectors of " + output + " become one: class-token, mean or last-token");
      } else {
        derive(section + ".pooling", pooling.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    }
    long dimension = dimension(shape);
    if (dimension > 0) derive("dimension", dimension);
    else ask("dimension", "512", "the length of an embedding");
  }

  /** Returns the length of the last axis that is not 1; -1 if the file does not tell. */
  private static long dimension(List<Long> shape) {
    for (int i = shape.size() - 1; i > 0; i--) {
      if (shape.get(i) != 1) return shape.get(i);
    }
    return -1;
  }

  static JsonArray array(double... values) {
    JsonArray array = new JsonArray();
    for (double value : values) array.add(new JsonPrimitive(value));
    return array;
  }
}
