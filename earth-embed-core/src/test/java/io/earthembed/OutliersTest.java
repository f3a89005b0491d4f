package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private final Planet planet = Planet.of(11, 700);

  /** Returns the mean distance from the nearest tiles of even rows, by a plain loop. */
  private double expected(int row, int neighbors, Metric metric) {
    double[] distances = new double[350];
    for (int i = 0; i < 700; i += 2) {
      double product = 0;
      for (int j = 0; j < Planet.DIMENSION; j++) {
        product += planet.vectors.row(row)[j] * planet.vectors.row(i)[j];
      }
      distances[i / 2] = metric == Metric.L2 ? 2 - 2 * product : 1 - product;
      if (i == row) distances[i / 2] = Double.POSITIVE_INFINITY;
    }
    Arrays.sort(distances);
    return Arrays.stream(distances, 0, neighbors).average().orElseThrow();
  }

  @Test
  void ranksTilesByTheDistanceFromTheirNeighbors() {
    SearchOptions even = SearchOptions.builder().filter((catalog, i) -> i % 2 == 0).build();
    for (Metric metric : Metric.values()) {
      try (EarthExplorer earth =
          EarthExplorer.open(planet, planet.everything(), new ExactIndex(Planet.DIMENSION, metric))
              .owning()) {
        SearchResult outliers = earth.outliers(4, even);
        assertEquals(350, outliers.hits().size());
        for (Hit hit : outliers.hits()) {
          assertEquals(0, hit.ordinal() % 2);
          assertEquals(expected((int) hit.ordinal(), 4, metric), hit.score(), 1e-4);
        }
        for (int i = 1; i < 350; i++) {
          assertTrue(outliers.hits().get(i - 1).score() >= outliers.hits().get(i).score());
        }
        assertEquals("outliers", outliers.query().describe());
        assertThrows(IllegalArgumentException.class, () -> earth.outliers(0, even));
      }
    }
  }

  @Test
  void aTileAloneIsNoOutlier() {
    try (EarthExplorer earth = planet.explorer()) {
      SearchOptions one = SearchOptions.builder().filter((catalog, i) -> i == 3).build();
      assertEquals(0, earth.outliers(5, one).hits().size());
    }
  }

  @Test
  void anInterruptedThreadStops() {
    try (EarthExplorer earth = planet.explorer()) {
      Thread.currentThread().interrupt();
      assertThrows(
          EarthEmbedException.class, () -> earth.outliers(3, SearchOptions.builder().build()));
      assertTrue(Thread.interrupted());
    }
  }
}
