package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.parquet.internal.Footer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The {@code emb} metadata of a file, in JSON: the model as Earth Index writes it (version 0.0.1),
 * and the quantization of the embeddings STAC extension.
 */
final class EmbMetadata {
  /** The key of the metadata in a file. */
  static final String KEY = "emb";

  private EmbMetadata() {}

  /**
   * Returns the metadata of embeddings that this SDK writes, by the embeddings STAC extension 0.0.1
   * as far as their origin is known; the model is as Earth Index has it.
   */
  static String of(EmbeddingOrigin origin) {
    Map<String, Object> emb = new LinkedHashMap<>();
    emb.put("emb:type", "chip");
    emb.put("emb:dimensions", origin.model().dimension());
    emb.put("data_type", "float32");
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("id", origin.model().name());
    model.put("version", origin.model().version());
    emb.put("model", model);
    String steps =
        Stream.of(origin.crops(), origin.preparation())
            .filter(step -> !step.isEmpty())
            .collect(Collectors.joining("; "));
    if (!steps.isEmpty()) {
      emb.put("emb:preprocessing", Map.of("format", "text", "expression", steps));
    }
    if (!origin.source().isEmpty()) {
      emb.put("links", List.of(Map.of("rel", "emb:source-data", "href", origin.source())));
    }
    return new Gson().toJson(emb);
  }

  private interface Reading<T> {
    @Nullable T read(JsonObject emb);
  }

  private static <T> @Nullable T read(Footer footer, Reading<T> reading) {
    String text = footer.metadata().get(KEY);
    if (text == null) return null;
    try {
      JsonObject emb = new Gson().fromJson(text, JsonObject.class);
      return emb == null ? null : reading.read(emb);
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | UnsupportedOperationException
        | IllegalArgumentException e) {
      throw new CorruptDataException(
          footer.name(), "emb metadata that are not valid: " + e.getMessage(), e);
    }
  }

  /** Returns the model, or null unless its id, its version and the dimension are there. */
  static @Nullable ModelInfo model(Footer footer) {
    return read(
        footer,
        emb -> {
          JsonElement model = emb.get("model");
          if (model == null || !model.isJsonObject()) return null;
          JsonElement id = model.getAsJsonObject().get("id");
          JsonElement version = model.getAsJsonObject().get("version");
          JsonElement dimension = dimension(emb);
          if (id == null || version == null || dimension == null) return null;
          return new ModelInfo(id.getAsString(), version.getAsString(), dimension.getAsInt());
        });
  }

  /** Earth Index's readme, its sample and the STAC extension differ in the name. */
  private static @Nullable JsonElement dimension(JsonObject emb) {
    for (String name : List.of("emb:dimensions", "embedding_dim", "embeddings_dim")) {
      if (emb.has(name)) return emb.get(name);
    }
    JsonElement embedding = emb.get("embedding");
    if (embedding == null || !embedding.isJsonObject()) return null;
    for (String name : List.of("dim", "embeddings_dim")) {
      if (embedding.getAsJsonObject().has(name)) return embedding.getAsJsonObject().get(name);
    }
    return null;
  }

  /**
   * Returns the quantization, or null if there is none.
   *
   * @throws EarthEmbedException if it names a method other than linear
   */
  static @Nullable Quantization quantization(Footer footer) {
    return read(
        footer,
        emb -> {
          JsonElement found = emb.get("emb:quantization");
          if (found == null || !found.isJsonObject()) return null;
          JsonObject quantization = found.getAsJsonObject();
          JsonElement named = quantization.get("method");
          String method = named == null ? "" : named.getAsString().toLowerCase(Locale.ROOT);
          if (method.equals("none")) return null;
          JsonElement scale = quantization.get("scale");
          if (!method.equals("linear") || scale == null) {
            throw new EarthEmbedException(
                footer.name()
                    + " has embeddings of quantization method "
                    + method
                    + (scale == null ? ", without a scale" : "")
                    + ": say what their values are with ColumnMapping's quantization");
          }
          JsonElement offset = quantization.get("offset");
          return Quantization.linear(
              numbers(scale), offset == null ? new double[] {0} : numbers(offset));
        });
  }

  private static double[] numbers(JsonElement element) {
    if (!element.isJsonArray()) return new double[] {element.getAsDouble()};
    JsonArray array = element.getAsJsonArray();
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) numbers[i] = array.get(i).getAsDouble();
    return numbers;
  }
}
