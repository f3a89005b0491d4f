package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compares with tokens, tensors and embeddings written by docs/models/demo/describe.py. */
@SuppressWarnings("NullAway.Init") // set before all tests
class DemoGoldenTest {
  /** Kernels differ between builds of ONNX Runtime; embeddings have components of about 0.1. */
  private static final float EMBEDDING = 2e-5f;

  private static JsonObject golden;
  private static ModelFiles files;
  private static ModelDescription description;
  private static EmbeddingModel model;

  @BeforeAll
  static void load() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(DemoGoldenTest.class.getResourceAsStream("demo/golden.json"))) {
      golden =
          JsonParser.parseReader(new InputStreamReader(file, StandardCharsets.UTF_8))
              .getAsJsonObject();
    }
    files = ModelFiles.onClassPath(DemoModel.class, "demo");
    description = DescriptionReader.read(files);
    model = DemoModel.load();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void isTheModelTheGoldensAreOf() {
    JsonObject expected = golden.getAsJsonObject("model");
    assertEquals(expected.get("name").getAsString(), model.info().name());
    assertEquals(expected.get("version").getAsString(), model.info().version());
  }

  @Test
  void textGivesTheSameTokensAndEmbeddings() {
    TextDescription text = Objects.requireNonNull(description.text());
    try (Tokenizer tokenizer = Tokenizer.open(files, text.tokenizer(), text.contextLength())) {
      TextPreparation preparation =
          new TextPreparation(text, tokenizer, TextPreparation.Lengths.CONTEXT);
      for (JsonElement element : golden.getAsJsonArray("texts")) {
        JsonObject example = element.getAsJsonObject();
        String input = example.get("text").getAsString();
        ByteBuffer ids = Goldens.prepare(preparation, input);
        ids.getLong(); // the number of tokens
        for (JsonElement id : example.getAsJsonArray("ids")) {
          assertEquals(id.getAsLong(), ids.getLong(), input);
        }
        assertEquals(0, ids.remaining());
        assertArrayEquals(
            floats(example, "embedding"), model.text().orElseThrow().encode(input), EMBEDDING);
      }
    }
  }

  @Test
  void placesGiveTheSameHarmonicsAndEmbeddings() {
    ModelDescription.Location location = Objects.requireNonNull(description.location());
    SphericalHarmonics harmonics = new SphericalHarmonics(location.degree());
    for (JsonElement element : golden.getAsJsonArray("places")) {
      JsonObject example = element.getAsJsonObject();
      GeoPoint place =
          new GeoPoint(
              example.get("latitude").getAsDouble(), example.get("longitude").getAsDouble());
      double[] features = harmonics.of(place);
      JsonArray expected = example.getAsJsonArray("harmonics");
      assertEquals(expected.size(), features.length);
      for (int i = 0; i < features.length; i++) {
        assertEquals(expected.get(i).getAsDouble(), features[i], 1e-6, place + " feature " + i);
      }
      assertArrayEquals(
          floats(example, "embedding"), model.location().orElseThrow().encode(place), EMBEDDING);
    }
  }

  @Test
  void picturesGiveTheSamePixelsAndEmbeddings() {
    ImagePreparation preparation =
        new ImagePreparation(Objects.requireNonNull(description.image()), false);
    for (JsonElement element : golden.getAsJsonArray("landscapes")) {
      JsonObject example = element.getAsJsonObject();
      Raster picture =
          Landscape.generate(
                  LandscapeKind.valueOf(example.get("kind").getAsString()),
                  example.get("seed").getAsLong(),
                  example.get("size").getAsInt())
              .trueColor();
      JsonArray rgb = example.getAsJsonArray("firstRgb");
      for (int x = 0; x < rgb.size(); x++) {
        for (int band = 0; band < 3; band++) {
          assertEquals(rgb.get(x).getAsJsonArray().get(band).getAsFloat(), picture.get(0, x, band));
        }
      }
      ByteBuffer pixels = Goldens.prepare(preparation, picture);
      for (float value : floats(example, "firstPixelValues")) {
        assertEquals(value, pixels.getFloat(), 1e-6f);
      }
      assertArrayEquals(floats(example, "embedding"), model.image().encode(picture), EMBEDDING);
    }
  }

  private static float[] floats(JsonObject example, String name) {
    JsonArray values = example.getAsJsonArray(name);
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) floats[i] = values.get(i).getAsFloat();
    return floats;
  }
}
