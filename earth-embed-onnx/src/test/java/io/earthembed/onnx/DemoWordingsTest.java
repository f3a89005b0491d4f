package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo model finds landscapes by wordings that its training did not see. */
@SuppressWarnings("NullAway.Init") // set before all tests
class DemoWordingsTest {
  private static EmbeddingModel model;
  private static Map<LandscapeKind, float[]> pictures;

  @BeforeAll
  static void encodePictures() {
    model = DemoModel.load();
    pictures = new EnumMap<>(LandscapeKind.class);
    for (LandscapeKind kind : LandscapeKind.values()) {
      // Training saw seeds below 500.
      pictures.put(kind, model.image().encode(Landscape.generate(kind, 1000, 64).trueColor()));
    }
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @ParameterizedTest
  @CsvSource({
    "where crops are grown, FIELDS",
    "ground turned over by tractors, FIELDS",
    "a lot of trees standing close together, FOREST",
    "somewhere to walk in the shade of trees, FOREST",
    "lanes of fast traffic, HIGHWAY",
    "an on-ramp and a flyover, HIGHWAY",
    "where goods are manufactured, INDUSTRY",
    "workshops and loading docks, INDUSTRY",
    "streets lined with homes, TOWN",
    "detached homes and driveways, TOWN",
    "a waterway with bends, RIVER",
    "an oxbow, RIVER",
    "the middle of the atlantic, LAKE",
    "a place to swim and sail, LAKE",
    "where the land meets the sea, COAST",
    "cliffs above the waves, COAST",
    "where camels walk, DESERT",
    "wind-blown sand hills, DESERT",
    "a place to ski, SNOW",
    "eternal winter, SNOW",
  })
  void findsTheLandscape(String text, LandscapeKind expected) {
    float[] query = model.text().orElseThrow().encode(text);
    LandscapeKind best = expected;
    for (LandscapeKind kind : pictures.keySet()) {
      if (score(query, kind) > score(query, best)) best = kind;
    }
    assertEquals(expected, best);
  }

  private static double score(float[] query, LandscapeKind kind) {
    float[] picture = Objects.requireNonNull(pictures.get(kind));
    double sum = 0;
    for (int i = 0; i < query.length; i++) sum += query[i] * picture[i];
    return sum;
  }
}
