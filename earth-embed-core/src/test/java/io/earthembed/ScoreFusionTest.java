package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.encoder.ModelInfo;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Mixed searches have the reference system's numbers. */
class ScoreFusionTest {
  private static double[] numbers(String line) {
    return Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  @Test
  void hasTheReferencesNumbers() throws IOException {
    List<String> lines;
    try (InputStream in =
        Objects.requireNonNull(ScoreFusionTest.class.getResourceAsStream("fusion.txt"))) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    int ties = 0;
    for (int at = 0; at < lines.size(); at += 5) {
      double[] head = numbers(lines.get(at));
      double[] scores = numbers(lines.get(at + 1));
      double[] expected = numbers(lines.get(at + 2));
      double threshold = Double.parseDouble(lines.get(at + 3));
      long[] kept =
          Arrays.stream(lines.get(at + 4).split(" ")).mapToLong(Long::parseLong).toArray();
      int n = expected.length;
      Query.Fusion fusion =
          Query.fuse(
              Query.text("a").weighted(head[0]),
              Query.text("b").weighted(head[1]),
              Query.text("c").weighted(head[2]));
      List<float[]> parts =
          java.util.stream.IntStream.range(0, 3)
              .filter(p -> head[p] > 0)
              .mapToObj(
                  p -> {
                    float[] own = new float[n];
                    for (int i = 0; i < n; i++) own[i] = (float) scores[3 * i + p];
                    return own;
                  })
              .toList();
      ScoreFusion fused = ScoreFusion.of(fusion, parts);
      for (int i = 0; i < n; i++) assertEquals(expected[i], fused.scores()[i], 1e-6);
      Ranking.OfScores ranking =
          Ranking.OfScores.sorted(LongStream.range(0, n).toArray(), fused.scores());
      double fraction = BigDecimal.valueOf(head[3]).movePointLeft(3).doubleValue();
      assertEquals(threshold, ranking.threshold(fraction), 1e-6);
      SearchResult found =
          FusedSearch.search(
              fusion,
              List.of(new ModelInfo("m", "1", 4)),
              List.of(),
              Planet.of(1, n).catalog(),
              LongStream.range(0, n).toArray(),
              parts,
              SearchOptions.topFraction(fraction),
              Duration.ZERO,
              Duration.ZERO);
      assertArrayEquals(kept, found.neighbors().ordinals(), "case " + at / 5);
      for (int i = 1; i < kept.length; i++) {
        if (found.neighbors().score(i) == found.neighbors().score(i - 1)) ties++;
      }
      if (found.hits().isEmpty()) continue;
      Hit best = found.hits().get(0);
      assertEquals(best.score(), found.explain(best).score(), 1e-6);
    }
    assertEquals(true, ties > 0, "some scores tie");
  }

  @Test
  void scoresThatDoNotDifferSayNothing() {
    Query.Fusion one = Query.fuse(Query.text("a").weighted(1));
    assertArrayEquals(
        new float[] {0, 0, 0}, ScoreFusion.of(one, List.of(new float[] {3, 3, 3})).scores());
    assertArrayEquals(
        new float[] {0, 1, 0.5f}, ScoreFusion.of(one, List.of(new float[] {1, 3, 2})).scores());
  }

  /** Of n scores in ascending order, those at or above position (1 - share) x (n - 1) remain. */
  @Test
  void takesTheExactPlaceOfAShare() {
    for (int n = 1; n <= 60; n++) {
      float[] scores = new float[n];
      for (int i = 0; i < n; i++) scores[i] = n - i;
      Ranking.OfScores ranking = Ranking.OfScores.sorted(LongStream.range(0, n).toArray(), scores);
      for (int perMille = 1; perMille <= 1000; perMille++) {
        double threshold = ranking.threshold(perMille / 1e3);
        int kept = 0;
        while (kept < n && scores[kept] >= threshold) kept++;
        assertEquals(1 + perMille * (n - 1) / 1000, kept, n + " at " + perMille);
      }
    }
  }

  @Test
  void refusesWeightsThatMeanNothing() {
    assertThrows(IllegalArgumentException.class, () -> Query.fuse(Query.text("a").weighted(-1)));
    assertThrows(IllegalArgumentException.class, () -> Query.fuse(Query.text("a").weighted(0)));
    assertThrows(IllegalArgumentException.class, () -> Query.fuse());
    Query fusion = Query.fuse(Query.text("a").weighted(1));
    assertThrows(IllegalArgumentException.class, () -> Query.fuse(fusion.weighted(1)));
    assertThrows(IllegalArgumentException.class, () -> Query.text("a").plus(fusion));
    assertThrows(IllegalArgumentException.class, () -> fusion.plus(Query.text("a")));
  }
}
