package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.encoder.EmbeddingModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares token ids and embeddings of text with the reference implementations'. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class GoldenTextTest {
  private static final String[] FILES = {"model.json", "image.onnx", "text.onnx", "tokenizer.json"};

  /** One of this many texts is embedded. */
  static final int STEP = 60;

  @TempDir Path directory;

  private static ModelDescription prepared(String golden, ModelDescription description) {
    boolean explorer = golden.endsWith("-explorer");
    return explorer ? SigLip.prepared(Preprocessing.EXPLORER_249K).apply(description) : description;
  }

  @Test
  void thereAreEnoughTexts() {
    assertTrue(Goldens.texts().size() >= 2000);
  }

  @ParameterizedTest
  @CsvSource({
    "siglip,siglip",
    "siglip-explorer,siglip",
    "siglip2,siglip2",
    "farslip,farslip",
    "tipsv2,tipsv2"
  })
  void givesTheSameTokens(String golden, String model) throws IOException {
    Goldens.unpack(model, "fp32", directory, FILES);
    ModelDescription description = prepared(golden, ModelDescription.read(directory));
    TextDescription text = Objects.requireNonNull(description.text());
    ByteBuffer expected = Goldens.numbers(golden + "/ids");
    List<String> differing = new ArrayList<>();
    try (Tokenizer tokenizer =
        Tokenizer.open(ModelFiles.in(directory), text.tokenizer(), text.contextLength())) {
      TextPreparation preparation =
          new TextPreparation(text, tokenizer, TextPreparation.Lengths.CONTEXT);
      for (String input : Goldens.texts()) {
        ByteBuffer ids = Goldens.prepare(preparation, input);
        ids.getLong(); // the number of tokens
        boolean same = true;
        for (int i = 0; i < text.contextLength(); i++) {
          same &= ids.getLong() == (expected.getShort() & 0xFFFF);
        }
        if (!same) differing.add(input);
      }
    }
    assertEquals(0, expected.remaining());
    assertEquals(List.of(), differing);
  }

  @ParameterizedTest
  @CsvSource({
    "siglip,siglip,fp32,0.99999",
    "siglip,siglip,fp16,0.999",
    "siglip-explorer,siglip,fp32,0.99999",
    "siglip2,siglip2,fp32,0.99999",
    "siglip2,siglip2,fp16,0.999",
    "tipsv2,tipsv2,fp32,0.99999",
    "tipsv2,tipsv2,fp16,0.999",
    "qwen3-vl-embedding,qwen3-vl-embedding,fp32,0.99999",
    "qwen3-vl-embedding,qwen3-vl-embedding,fp16,0.999",
    "farslip-s1,farslip-s1,fp32,0.99999",
    "farslip-s1,farslip-s1,fp16,0.999",
    "remoteclip,remoteclip,fp32,0.99999",
    "remoteclip,remoteclip,fp16,0.999",
    "georsclip,georsclip,fp32,0.99999",
    "georsclip,georsclip,fp16,0.999",
    "msclip,msclip,fp32,0.99999",
    "msclip,msclip,fp16,0.999",
    "farslip,farslip,fp32,0.99999",
    "farslip,farslip,fp16,0.999",
  })
  void givesTheSameEmbeddings(String golden, String model, String precision, double bar)
      throws IOException {
    Goldens.unpack(model, precision, directory, FILES);
    List<String> texts = new ArrayList<>();
    List<String> all = Goldens.texts();
    for (int i = 0; i < all.size(); i += STEP) texts.add(all.get(i));
    ModelDescription description = prepared(golden, ModelDescription.read(directory));
    EncoderOptions options = EncoderOptions.defaults().withBatchSize(8);
    try (EmbeddingModel loaded = OnnxEncoders.custom(description, directory, options)) {
      double worst =
          Goldens.worstCosine(loaded.text().orElseThrow().encode(texts), golden + "/texts");
      assertTrue(worst >= bar, () -> "cosine " + worst);
    }
  }
}
