package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.BoundingBox;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LearnedQueryTest {
  private static final int TILES = 600;
  private static final double C = 20;

  private final Planet planet = Planet.of(5, TILES);

  private float[] row(int tile) {
    return planet.vectors.row(tile);
  }

  private Query tile(int row) {
    return Query.tile(planet.tiles.get(row).id());
  }

  /** Tiles are good if a certain direction is positive. */
  private boolean isGood(int tile) {
    return row(tile)[0] + row(tile)[1] > 0.2;
  }

  private List<Query> labels(boolean good, int n) {
    return IntStream.range(0, TILES)
        .filter(i -> i % 5 != 4 && isGood(i) == good)
        .limit(n)
        .mapToObj(this::tile)
        .toList();
  }

  private int rowOf(Query label) {
    return (int) planet.catalog().find(((Query.Tile) label).id()).orElseThrow();
  }

  private EarthExplorer explorer(Metric metric) {
    return EarthExplorer.open(planet, planet.everything(), new ExactIndex(Planet.DIMENSION, metric))
        .owning();
  }

  /** An index on a server answers each request after a while. */
  @Test
  void vectorsOfLabelsAreReadTogether() {
    ExactIndex index = new ExactIndex(Planet.DIMENSION, Metric.INNER_PRODUCT);
    List<String> reads = new ArrayList<>();
    EmbeddingIndex counting =
        (EmbeddingIndex)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {MutableIndex.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("reconstruct")) {
                    reads.add(arguments.length == 1 ? "several" : "one");
                  }
                  return method.invoke(index, arguments);
                });
    try (EarthExplorer earth = EarthExplorer.open(planet, planet.everything(), counting)) {
      reads.clear();
      Query.Learned learned = earth.learn(labels(true, 20), labels(false, 20));
      assertEquals(List.of("several", "several"), reads, "labeled and unlabeled tiles");
      reads.clear();
      earth.suggest(learned, 5, TileFilter.ALL);
      assertEquals(List.of("several"), reads);
    }
  }

  private double averagePrecision(SearchResult result) {
    int found = 0;
    double sum = 0;
    for (int i = 0; i < result.neighbors().size(); i++) {
      if (isGood((int) result.neighbors().ordinal(i))) sum += ++found / (i + 1.0);
    }
    return sum / found;
  }

  /** The gradient of the regression's loss is zero at its minimum. */
  @Test
  void minimizesTheRegularizedLossOfLogisticRegression() {
    List<TileRecord> tiles = planet.tiles.subList(0, 44);
    Planet labeled = new Planet("toy", tiles, 5);
    List<Query> good = new ArrayList<>();
    List<Query> bad = new ArrayList<>();
    for (int i = 0; i < tiles.size(); i++) {
      (labeled.vectors.row(i)[0] > 0.2 ? good : bad).add(Query.tile(tiles.get(i).id()));
    }
    try (EarthExplorer earth = labeled.explorer()) {
      Query.Learned learned = earth.learn(good, bad);
      assertEquals(Query.Learner.LOGISTIC_REGRESSION, learned.learner());
      double[] gradient = new double[Planet.DIMENSION];
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] = learned.slope() * learned.embedding()[i];
      }
      double intercept = 0;
      for (int t = 0; t < tiles.size(); t++) {
        float[] x = labeled.vectors.row(t);
        boolean isGood = x[0] > 0.2;
        double score = 0;
        for (int i = 0; i < x.length; i++) score += (double) x[i] * learned.embedding()[i];
        double probability = learned.probability(score).orElseThrow();
        double weight = isGood ? 1 : good.size() / (double) bad.size();
        double error = C * weight * ((isGood ? 1 : 0) - probability);
        for (int i = 0; i < x.length; i++) gradient[i] -= error * x[i];
        intercept -= error;
      }
      for (double part : gradient) assertEquals(0, part, 0.05, "of a weight");
      assertEquals(0, intercept, 0.05, "of the intercept");
    }
  }

  @Test
  void ranksBetterThanRocchioAndPassesFilters() {
    List<Query> good = labels(true, 20);
    List<Query> bad = labels(false, 20);
    try (EarthExplorer earth = explorer(Metric.COSINE)) {
      Query.Learned learned = earth.learn(good, bad);
      SearchOptions all = SearchOptions.builder().build();
      double logistic = averagePrecision(earth.search(learned, all));
      double rocchio =
          averagePrecision(
              earth.search(good.get(0).refine(Query.Rocchio.EXAMPLES_ONLY, good, bad), all));
      assertTrue(logistic > 0.95, "average precision " + logistic);
      assertTrue(logistic > rocchio, logistic + " and Rocchio's " + rocchio);
      BoundingBox north = new BoundingBox(-180, 0, 180, 90);
      SearchResult filtered =
          earth.search(
              learned, SearchOptions.top(50).toBuilder().filter(TileFilter.within(north)).build());
      assertEquals(50, filtered.hits().size());
      for (Hit hit : filtered.hits())
        assertTrue(hit.tile().center().latitude() >= 0, hit.toString());
      assertEquals("20 good and 20 bad labels by logistic regression", filtered.query().describe());
    }
  }

  @Test
  void hasEqualProbabilitiesWithEveryMetric() {
    List<Query> good = labels(true, 10);
    List<Query> bad = labels(false, 10);
    List<double[]> probabilities = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      try (EarthExplorer earth = explorer(metric)) {
        Query.Learned learned = earth.learn(good, bad);
        double[] of = new double[TILES];
        for (Hit hit : earth.search(learned, SearchOptions.builder().build()).hits()) {
          of[(int) hit.ordinal()] = learned.probability(hit.score()).orElseThrow();
        }
        probabilities.add(of);
      }
    }
    assertArrayEquals(probabilities.get(0), probabilities.get(1), 1e-4);
    assertArrayEquals(probabilities.get(0), probabilities.get(2), 1e-4);
  }

  @Test
  void scalesWithEmbeddingsOfAnyLength() {
    Planet larger = Planet.of(5, TILES);
    for (int i = 0; i < TILES; i++) {
      float[] row = larger.vectors.row(i);
      for (int j = 0; j < row.length; j++) row[j] *= 250;
      larger.vectors.set(i, row);
    }
    ExactIndex index = new ExactIndex(Planet.DIMENSION, Metric.INNER_PRODUCT);
    try (EarthExplorer earth = explorer(Metric.INNER_PRODUCT);
        EarthExplorer other = EarthExplorer.open(larger, larger.everything(), index).owning()) {
      Query.Learned learned = earth.learn(labels(true, 10), labels(false, 10));
      Query.Learned scaled = other.learn(labels(true, 10), labels(false, 10));
      assertArrayEquals(learned.embedding(), scaled.embedding(), 1e-3f);
      assertEquals(learned.boundary() * 250, scaled.boundary(), 0.1);
      assertEquals(learned.slope() / 250, scaled.slope(), 1e-4);
    }
    try (EarthExplorer distances =
        EarthExplorer.open(larger, larger.everything(), new ExactIndex(Planet.DIMENSION, Metric.L2))
            .owning()) {
      IllegalArgumentException failure =
          assertThrows(
              IllegalArgumentException.class,
              () -> distances.learn(labels(true, 10), labels(false, 10)));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("not 250.0"), message);
    }
  }

  @Test
  void fewLabelsRefineTheOriginalByRocchio() {
    List<Query> good = labels(true, 2);
    List<Query> bad = labels(false, 9);
    try (EarthExplorer earth = explorer(Metric.COSINE)) {
      Query original = Query.text("a river");
      Query.Learned learned = earth.learn(original, good, bad);
      assertEquals(Query.Learner.ROCCHIO, learned.learner());
      assertEquals("2 good and 9 bad labels by Rocchio", learned.describe());
      assertTrue(learned.probability(1).isEmpty());
      SearchResult refined = earth.search(original.refine(good, bad), SearchOptions.top(10));
      assertArrayEquals(refined.embedding(), learned.embedding(), 1e-6f);
      double[] means = new double[2];
      for (Query label : good) means[0] += product(learned, label) / good.size();
      for (Query label : bad) means[1] += product(learned, label) / bad.size();
      assertEquals((means[0] + means[1]) / 2, learned.boundary(), 1e-5);
    }
  }

  private double product(Query.Learned learned, Query label) {
    float[] x = row(rowOf(label));
    double sum = 0;
    for (int i = 0; i < x.length; i++) sum += (double) x[i] * learned.embedding()[i];
    return sum;
  }

  @Test
  void unlabeledTilesStandForBadOnes() {
    List<Query> good = labels(true, 20);
    try (EarthExplorer earth = explorer(Metric.COSINE)) {
      Query.Learned learned = earth.learn(good, List.of());
      assertEquals(Query.Learner.LOGISTIC_REGRESSION, learned.learner());
      double precision = averagePrecision(earth.search(learned, SearchOptions.builder().build()));
      assertTrue(precision > 0.9, "average precision " + precision);
      assertArrayEquals(learned.embedding(), earth.learn(good, List.of()).embedding());
      assertEquals("20 good and 0 bad labels by logistic regression", learned.describe());
    }
  }

  @Test
  void suggestsUnlabeledTilesNearTheBoundaryThatDiffer() {
    List<Query> good = labels(true, 10);
    List<Query> bad = labels(false, 10);
    try (EarthExplorer earth = explorer(Metric.COSINE)) {
      Query.Learned learned = earth.learn(good, bad);
      List<Hit> suggested = earth.suggest(learned, 6, TileFilter.ALL);
      assertEquals(6, suggested.size());
      Set<String> labeled = new HashSet<>();
      for (Query label : good) labeled.add(((Query.Tile) label).id());
      for (Query label : bad) labeled.add(((Query.Tile) label).id());
      List<Double> distances = new ArrayList<>();
      for (Hit hit : earth.search(learned, SearchOptions.builder().build()).hits()) {
        if (labeled.contains(hit.tile().id())) continue;
        distances.add(Math.abs(hit.score() - learned.boundary()));
      }
      distances.sort(null);
      assertEquals(distances.get(0), Math.abs(suggested.get(0).score() - learned.boundary()), 1e-9);
      for (Hit hit : suggested) {
        assertFalse(labeled.contains(hit.tile().id()), hit.toString());
        assertTrue(Math.abs(hit.score() - learned.boundary()) <= distances.get(47), hit.toString());
        // Every fifth tile has the embedding of the one before it.
        for (Hit other : suggested) {
          if (other.ordinal() == hit.ordinal()) continue;
          double cosine = 0;
          for (int i = 0; i < Planet.DIMENSION; i++) {
            cosine += row((int) hit.ordinal())[i] * row((int) other.ordinal())[i];
          }
          assertTrue(cosine < 0.9, hit + " is like " + other);
        }
      }
      assertEquals(
          1,
          earth.suggest(learned, 9, TileFilter.ids(List.of(suggested.get(0).tile().id()))).size());
    }
  }

  @Test
  void refusesLabelsThatTeachNothing() {
    try (EarthExplorer earth = explorer(Metric.COSINE)) {
      assertThrows(IllegalArgumentException.class, () -> earth.learn(List.of(), labels(false, 3)));
      List<Query> good = labels(true, 4);
      assertThrows(IllegalArgumentException.class, () -> earth.learn(good, good));
      assertThrows(
          IllegalArgumentException.class,
          () -> earth.suggest(earth.learn(good, List.of()), 0, TileFilter.ALL));
    }
  }

  @Test
  void isAnsweredOnlyByItsModel() {
    Planet other = new Planet("other", planet.tiles, 9);
    try (EarthExplorer earth = planet.explorer();
        EarthExplorer others = other.explorer()) {
      Query.Learned learned = earth.learn(labels(true, 5), labels(false, 5));
      assertThrows(
          IllegalArgumentException.class, () -> others.search(learned, SearchOptions.top(1)));
      ModelComparison both = ModelComparison.of(others, earth);
      SearchResult fused =
          both.search(
              Query.fuse(learned.weighted(1), Query.text("a river").weighted(1)),
              SearchOptions.top(3));
      assertEquals(List.of(earth.model().info(), others.model().info()), fused.models());
    }
  }
}
