package io.earthembed.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Figures are those of scikit-learn, torchmetrics and NumPy; src/test/python/
 * make_retrieval_goldens.py recorded them.
 */
class RankingMetricsTest {
  private static final double EXACT = 1e-9;

  private static JsonObject goldens() throws IOException {
    try (InputStream in =
            Objects.requireNonNull(
                RankingMetricsTest.class.getResourceAsStream("rankings.json.gz"));
        Reader reader = new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, JsonObject.class);
    }
  }

  @Test
  void equalsTheReferencesOnRandomScoresWithTies() throws IOException {
    JsonArray cases = goldens().getAsJsonArray("cases");
    assertEquals(60, cases.size());
    for (JsonElement each : cases) {
      JsonObject expected = each.getAsJsonObject();
      float[] scores = new float[expected.getAsJsonArray("scores").size()];
      int[] order = new int[scores.length];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = expected.getAsJsonArray("scores").get(i).getAsFloat();
        order[i] = expected.getAsJsonArray("order").get(i).getAsInt();
      }
      BitSet relevant = new BitSet();
      expected.getAsJsonArray("relevant").forEach(position -> relevant.set(position.getAsInt()));

      assertArrayEquals(order, RankingMetrics.rank(scores));
      assertEquals(
          expected.get("averagePrecision").getAsDouble(),
          RankingMetrics.averagePrecision(scores, order, relevant),
          EXACT);
      for (int k : new int[] {1, 5, 10, 100}) {
        assertEquals(
            expected.get("averagePrecision@" + k).getAsDouble(),
            RankingMetrics.averagePrecisionAt(k, order, relevant),
            EXACT);
        assertEquals(
            expected.get("precision@" + k).getAsDouble(),
            RankingMetrics.precisionAt(k, order, relevant),
            EXACT);
        assertEquals(
            expected.get("recall@" + k).getAsDouble(),
            RankingMetrics.recallAt(k, order, relevant),
            EXACT);
      }
    }
  }

  @Test
  void interpolatesQuantilesAsNumpy() throws IOException {
    JsonObject goldens = goldens();
    JsonArray sample = goldens.getAsJsonArray("sample");
    double[] ascending = new double[sample.size()];
    for (int i = 0; i < ascending.length; i++) ascending[i] = sample.get(i).getAsDouble();
    for (JsonElement each : goldens.getAsJsonArray("quantiles")) {
      JsonArray pair = each.getAsJsonArray();
      assertEquals(
          pair.get(1).getAsDouble(), Figures.quantile(ascending, pair.get(0).getAsDouble()), EXACT);
    }
  }

  @Test
  void ranksZerosOfBothSignsByPosition() {
    assertArrayEquals(
        new int[] {2, 0, 1, 4, 3}, RankingMetrics.rank(new float[] {-0f, 0f, 1e-30f, -2f, -1f}));
  }
}
