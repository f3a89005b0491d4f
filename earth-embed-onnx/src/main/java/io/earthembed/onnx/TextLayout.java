package io.earthembed.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.earthembed.common.EarthEmbedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Derives the preparation of text from the files of a model's repository. */
final class TextLayout {
  /** Architectures whose table of positions starts behind the pad id, 1. */
  private static final Set<String> OFFSET_POSITIONS =
      Set.of("roberta", "xlm-roberta", "camembert", "mpnet", "xlm-roberta-xl");

  /** Model lengths above this stand for "no limit" in tokenizer_config.json. */
  private static final int NO_LIMIT = 1_000_000;

  private final HubLayout layout;
  private final String file;
  private final JsonObject config;
  private final JsonObject tokenizerConfig;

  TextLayout(HubLayout layout, String file) {
    this.layout = layout;
    this.file = file;
    this.config =
        layout.config().has("text_config")
            ? HubLayout.object(layout.config(), "text_config")
            : layout.config();
    this.tokenizerConfig = layout.optional("tokenizer_config.json");
  }

  void derive() {
    OnnxFile onnx = layout.files().inspect(file);
    layout.derive("text.file", file);
    layout.derive("text.input", "input_ids");
    layout.derive("text.tokenizer", "tokenizer.json");
    deriveOutput(onnx);
    deriveContextLength(onnx);
    derivePadding(HubLayout.names(onnx.inputs()).contains(TokenTensors.MASK));
    // Configurations leave out a vocabulary size that is the default of their architecture.
    long vocabulary = HubLayout.positive(config, "vocab_size");
    if (vocabulary < 0) vocabulary = onnx.vocabularySize();
    if (vocabulary > 0) layout.derive("text.vocabularySize", vocabulary);
    else layout.ask("text.vocabularySize", "30522", "the number of the network's token ids");
    JsonObject prompts = layout.optional("config_sentence_transformers.json");
    String prompt = HubLayout.string(prompts, "default_prompt_name");
    if (prompt != null) {
      String prefix = HubLayout.string(HubLayout.object(prompts, "prompts"), prompt);
      if (prefix != null) layout.derive("text.prefix", prefix);
    }
  }

  private void deriveOutput(OnnxFile onnx) {
    String type = String.valueOf(HubLayout.string(layout.config(), "model_type"));
    // BERT's pooler_output predicts the next sentence; CLIP's is not projected to the pictures'.
    List<String> embeddings =
        type.startsWith("siglip")
            ? List.of("text_embeds", "sentence_embedding", "embedding", "pooler_output")
            : List.of("text_embeds", "sentence_embedding", "embedding");
    layout.deriveOutput(
        "text", onnx, embeddings, List.of("token_embeddings", "last_hidden_state"), pooling());
    JsonElement pooling = layout.given("text.pooling");
    if (pooling == null && HubLayout.names(onnx.outputs()).stream().noneMatch(embeddings::contains))
      requireNoDenseLayer();
  }

  /** Reads the pooling that sentence-transformers puts behind the network. */
  private @Nullable Pooling pooling() {
    JsonObject modes = layout.optional("1_Pooling/config.json");
    String mode = HubLayout.string(modes, "pooling_mode");
    Pooling found = null;
    int count = 0;
    for (String name : modes.keySet()) {
      boolean on =
          mode == null
              ? name.startsWith("pooling_mode_") && HubLayout.bool(modes, name, false)
              : name.equals("pooling_mode");
      if (!on) continue;
      count++;
      found =
          switch (mode == null ? name.substring("pooling_mode_".length()) : mode) {
            case "cls_token", "cls" -> Pooling.CLASS_TOKEN;
            case "mean_tokens", "mean" -> Pooling.MEAN;
            case "lasttoken" -> Pooling.LAST_TOKEN;
            default -> null;
          };
    }
    return count == 1 ? found : null;
  }

  private void requireNoDenseLayer() {
    if (!layout.files().has("modules.json")) return;
    byte[] modules = layout.files().read("modules.json");
    if (new String(modules, StandardCharsets.UTF_8).contains("models.Dense")) {
      throw new EarthEmbedException(
          layout.files().describe("modules.json")
              + ": a dense layer follows the network, which "
              + layout.files().describe(file)
              + " does not have; export it with its output sentence_embedding");
    }
  }

  private void deriveContextLength(OnnxFile onnx) {
    int least = Integer.MAX_VALUE;
    for (OnnxFile.Value input : onnx.inputs()) {
      if (input.name().equals("input_ids") && input.shape().size() == 2) {
        long fixed = input.shape().get(1);
        if (fixed > 0 && fixed <= Integer.MAX_VALUE) {
          layout.derive("text.contextLength", fixed);
          return;
        }
      }
    }
    JsonObject sentences = layout.optional("sentence_bert_config.json");
    int sentence = HubLayout.positive(sentences, "max_seq_length");
    if (sentence > 0) least = sentence;
    int model = HubLayout.positive(tokenizerConfig, "model_max_length");
    if (model > 0 && model < NO_LIMIT) least = Math.min(least, model);
    int positions = HubLayout.positive(config, "max_position_embeddings");
    if (positions > 0) {
      boolean offset =
          OFFSET_POSITIONS.contains(String.valueOf(HubLayout.string(config, "model_type")));
      least = Math.min(least, offset ? positions - 2 : positions);
    }
    if (least == Integer.MAX_VALUE) {
      layout.ask("text.contextLength", "512", "the most tokens of a text");
    } else {
      layout.derive("text.contextLength", Math.min(least, 65536));
    }
  }

  private void derivePadding(boolean masked) {
    int id = padId();
    if (id >= 0) layout.derive("text.padId", id);
    else if (masked) layout.derive("text.padId", 0); // any id, since the mask hides it
    else layout.ask("text.padId", "0", "the token id that pads shorter texts");
  }

  /** Returns the pad token's id, or -1 if no file tells. */
  private int padId() {
    String token = HubLayout.string(tokenizerConfig, "pad_token");
    if (token == null) {
      token = HubLayout.string(HubLayout.object(tokenizerConfig, "pad_token"), "content");
    }
    JsonObject tokenizer = layout.optional("tokenizer.json");
    if (token != null) {
      if (tokenizer.get("added_tokens") instanceof JsonArray added) {
        for (JsonElement each : added) {
          if (each instanceof JsonObject entry
              && token.equals(HubLayout.string(entry, "content"))) {
            return whole(entry, "id");
          }
        }
      }
      JsonObject model = HubLayout.object(tokenizer, "model");
      int id = whole(HubLayout.object(model, "vocab"), token);
      if (id >= 0) return id;
    }
    int id = whole(HubLayout.object(tokenizer, "padding"), "pad_id");
    return id >= 0 ? id : whole(config, "pad_token_id");
  }

  /** Returns a whole number of at least 0 that fits an int, or -1. */
  private static int whole(JsonObject object, String name) {
    if (!(object.get(name) instanceof JsonPrimitive value) || !value.isNumber()) return -1;
    double number = value.getAsDouble();
    return number >= 0 && number <= Integer.MAX_VALUE && number == Math.rint(number)
        ? (int) number
        : -1;
  }
}
