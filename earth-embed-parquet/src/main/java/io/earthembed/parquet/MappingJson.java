package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.parquet.ColumnMapping.Role;
import io.earthembed.vector.QuantizedVectors.Format;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads and writes a {@link ColumnMapping} as JSON. Its members have the names of the builder. */
final class MappingJson {
  /** Members that name one column. */
  private static final Map<String, Role> COLUMNS = new LinkedHashMap<>();

  /** Members that name two columns. */
  private static final Map<String, List<Role>> PAIRS = new LinkedHashMap<>();

  static {
    COLUMNS.put("id", Role.ID);
    COLUMNS.put("embedding", Role.EMBEDDING);
    COLUMNS.put("geometry", Role.GEOMETRY);
    COLUMNS.put("box", Role.BOX);
    COLUMNS.put("time", Role.TIME);
    COLUMNS.put("product", Role.PRODUCT);
    COLUMNS.put("cell", Role.CELL);
    COLUMNS.put("cloudCover", Role.CLOUD);
    PAIRS.put("center", List.of(Role.LONGITUDE, Role.LATITUDE));
    PAIRS.put("source", List.of(Role.URL, Role.ROW));
  }

  private static final String CRS = "crs";
  private static final String SKIP = "skipIncompleteRows";
  private static final String WITHOUT_CENTER = "withoutCenter";
  private static final String ATTRIBUTES = "attributes";
  private static final String ALL_ATTRIBUTES = "allAttributes";
  private static final String QUANTIZATION = "quantization";
  private static final String METHOD = "method";
  private static final String UNSIGNED = "unsigned";

  private MappingJson() {}

  static String write(ColumnMapping mapping) {
    Map<String, Object> members = new LinkedHashMap<>();
    COLUMNS.forEach(
        (member, role) -> {
          String column = mapping.column(role);
          if (column != null) members.put(member, column);
        });
    PAIRS.forEach(
        (member, roles) -> {
          if (mapping.column(roles.get(0)) == null) return;
          members.put(member, roles.stream().map(mapping::column).toList());
        });
    if (mapping.crs() != null) members.put(CRS, mapping.crs());
    Quantization quantization = mapping.quantization();
    if (quantization != null) members.put(QUANTIZATION, quantization.members());
    if (!mapping.attributes().isEmpty()) members.put(ATTRIBUTES, mapping.attributes());
    if (mapping.allAttributes()) members.put(ALL_ATTRIBUTES, true);
    if (mapping.withoutCenter()) members.put(WITHOUT_CENTER, true);
    if (mapping.skipsIncompleteRows()) members.put(SKIP, true);
    return new Gson().toJson(members);
  }

  /**
   * Reads a mapping.
   *
   * @throws IllegalArgumentException if the text is not a mapping; the message names the member
   */
  static ColumnMapping read(String text) {
    JsonObject object;
    try {
      object = new Gson().fromJson(text, JsonObject.class);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("not a JSON object: " + e.getMessage(), e);
    }
    if (object == null) throw new IllegalArgumentException("not a JSON object: empty");
    Set<String> known = new TreeSet<>(COLUMNS.keySet());
    known.addAll(PAIRS.keySet());
    known.addAll(List.of(CRS, QUANTIZATION, ATTRIBUTES, ALL_ATTRIBUTES, SKIP, WITHOUT_CENTER));
    requireKnown(object, known);
    ColumnMapping.Builder builder = ColumnMapping.builder();
    COLUMNS.forEach(
        (member, role) -> {
          if (object.has(member)) builder.set(role, text(member, object.get(member)));
        });
    PAIRS.forEach((member, roles) -> pair(builder, roles, member, object.get(member)));
    if (object.has(CRS)) builder.crs(text(CRS, object.get(CRS)));
    if (object.has(QUANTIZATION)) {
      JsonElement quantization = object.get(QUANTIZATION);
      if (!quantization.isJsonObject()) throw wrong(QUANTIZATION, "an object", quantization);
      builder.quantization(quantization(quantization.getAsJsonObject()));
    }
    if (object.has(ATTRIBUTES)) {
      JsonElement names = object.get(ATTRIBUTES);
      if (!names.isJsonArray()) throw wrong(ATTRIBUTES, "an array of texts", names);
      for (JsonElement name : names.getAsJsonArray()) builder.attributes(text(ATTRIBUTES, name));
    }
    if (flag(ALL_ATTRIBUTES, object)) builder.allAttributes();
    if (flag(WITHOUT_CENTER, object)) builder.withoutCenter();
    if (flag(SKIP, object)) builder.skipIncompleteRows();
    return builder.build();
  }

  /** Returns whether a member is true; without the member, false. */
  private static boolean flag(String member, JsonObject object) {
    JsonElement flag = object.get(member);
    if (flag == null) return false;
    if (!flag.isJsonPrimitive() || !flag.getAsJsonPrimitive().isBoolean()) {
      throw wrong(member, "true or false", flag);
    }
    return flag.getAsBoolean();
  }

  private static void pair(
      ColumnMapping.Builder builder,
      List<Role> roles,
      String member,
      @Nullable JsonElement columns) {
    if (columns == null) return;
    if (!columns.isJsonArray() || columns.getAsJsonArray().size() != roles.size()) {
      throw wrong(member, "an array of two texts", columns);
    }
    for (int i = 0; i < roles.size(); i++) {
      builder.set(roles.get(i), text(member, columns.getAsJsonArray().get(i)));
    }
  }

  private static Quantization quantization(JsonObject object) {
    String method = text(METHOD, object.get(METHOD));
    Set<String> known = new TreeSet<>(Set.of(METHOD));
    Quantization quantization =
        switch (method) {
          case "linear" -> {
            known.addAll(List.of("scale", "offset"));
            JsonElement offset = object.get("offset");
            yield Quantization.linear(
                numbers("scale", object.get("scale")),
                offset == null ? new double[] {0} : numbers("offset", offset));
          }
          case "perRow" -> {
            known.addAll(List.of("scaleColumn", "offsetColumn"));
            String scale = text("scaleColumn", object.get("scaleColumn"));
            JsonElement offset = object.get("offsetColumn");
            yield offset == null
                ? Quantization.perRow(scale)
                : Quantization.perRow(scale, text("offsetColumn", offset));
          }
          case "signedSquare" -> {
            known.addAll(List.of("divisor", "missing"));
            double missing = number("missing", object.get("missing"));
            if (missing != (int) missing) {
              throw wrong("missing", "a whole number", object.get("missing"));
            }
            yield Quantization.signedSquare(
                number("divisor", object.get("divisor")), (int) missing);
          }
          case "bfloat16" -> Quantization.bfloat16();
          case "bits" -> {
            known.add("order");
            String order = text("order", object.get("order"));
            yield switch (order) {
              case "highestFirst" -> Quantization.bits(Format.BITS_HIGHEST_FIRST);
              case "lowestFirst" -> Quantization.bits(Format.BITS_LOWEST_FIRST);
              default ->
                  throw new IllegalArgumentException(
                      "order of bits is " + order + ", not highestFirst or lowestFirst");
            };
          }
          default ->
              throw new IllegalArgumentException(
                  "method of quantization is "
                      + method
                      + ", not linear, perRow, signedSquare, bfloat16 or bits");
        };
    if (method.equals("linear") || method.equals("perRow")) known.add(UNSIGNED);
    requireKnown(object, known);
    return flag(UNSIGNED, object) ? quantization.unsigned() : quantization;
  }

  private static void requireKnown(JsonObject object, Set<String> known) {
    for (String member : object.keySet()) {
      if (known.contains(member)) continue;
      throw new IllegalArgumentException(member + " is not known; known are " + known);
    }
  }

  private static double[] numbers(String member, @Nullable JsonElement element) {
    if (element == null || !element.isJsonArray()) return new double[] {number(member, element)};
    double[] numbers = new double[element.getAsJsonArray().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(member, element.getAsJsonArray().get(i));
    }
    return numbers;
  }

  private static double number(String member, @Nullable JsonElement element) {
    boolean primitive = element != null && element.isJsonPrimitive();
    if (element == null || !primitive || !element.getAsJsonPrimitive().isNumber()) {
      throw wrong(member, "a number", element);
    }
    return element.getAsDouble();
  }

  private static String text(String member, @Nullable JsonElement element) {
    boolean primitive = element != null && element.isJsonPrimitive();
    if (element == null || !primitive || !element.getAsJsonPrimitive().isString()) {
      throw wrong(member, "a text", element);
    }
    return element.getAsString();
  }

  private static IllegalArgumentException wrong(
      String member, String expected, @Nullable JsonElement element) {
    return new IllegalArgumentException(
        member + " must be " + expected + (element == null ? "" : ", not " + element));
  }
}
