package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.Clusters;
import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FaissKMeansTest {
  private static final int DIMENSION = 16;
  private static final int[] SIZES = {120, 60, 40};

  /** Three clusters in turn, with little noise. */
  private static Vectors clustered(boolean unit) {
    Random random = new Random(3);
    Vectors vectors = Vectors.allocate(220, DIMENSION);
    for (int i = 0; i < 220; i++) {
      float[] row = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) row[j] = (float) (0.05 * random.nextGaussian());
      row[cluster(i)] += 1;
      vectors.set(i, row);
    }
    if (unit) vectors.normalize();
    return vectors;
  }

  private static int cluster(int row) {
    return row < SIZES[0] ? 0 : row < SIZES[0] + SIZES[1] ? 1 : 2;
  }

  @Test
  void centroidsAreTheMeansOfTheirClusters() {
    Vectors vectors = clustered(false);
    Vectors centroids = new FaissKMeans().centroids(vectors, 3, false);
    assertEquals(3, centroids.rows());
    double[][] means = new double[3][DIMENSION];
    for (int i = 0; i < 220; i++) {
      for (int j = 0; j < DIMENSION; j++) {
        means[cluster(i)][j] += vectors.row(i)[j] / SIZES[cluster(i)];
      }
    }
    Set<Integer> seen = new HashSet<>();
    for (int c = 0; c < 3; c++) {
      float[] centroid = centroids.row(c);
      int of = centroid[0] > 0.5 ? 0 : centroid[1] > 0.5 ? 1 : 2;
      seen.add(of);
      for (int j = 0; j < DIMENSION; j++) assertEquals(means[of][j], centroid[j], 1e-5);
    }
    assertEquals(Set.of(0, 1, 2), seen);
    Vectors again = new FaissKMeans().centroids(vectors, 3, false);
    for (int c = 0; c < 3; c++) assertArrayEquals(centroids.row(c), again.row(c), 1e-6f);
  }

  @Test
  void sphericalCentroidsHaveLengthOne() {
    Vectors centroids = new FaissKMeans().centroids(clustered(true), 5, true);
    for (int c = 0; c < 5; c++) {
      double square = 0;
      for (float value : centroids.row(c)) square += (double) value * value;
      assertEquals(1, square, 1e-5);
    }
  }

  @Test
  void takesOneVectorForEachCentroid() {
    Vectors vectors = Vectors.of(new float[] {1, 0}, new float[] {0, 1});
    Vectors centroids = new FaissKMeans().centroids(vectors, 2, false);
    assertEquals(1, centroids.row(0)[0] + centroids.row(1)[0], 1e-6);
  }

  @Test
  void refusesArgumentsOutsideTheirRanges() {
    FaissKMeans kMeans = new FaissKMeans();
    Vectors two = Vectors.of(new float[] {1, 0}, new float[] {0, 1});
    assertThrows(IllegalArgumentException.class, () -> kMeans.centroids(two, 3, true));
    assertThrows(IllegalArgumentException.class, () -> kMeans.centroids(two, 0, true));
    Vectors none = Vectors.allocate(0, 2);
    assertThrows(IllegalArgumentException.class, () -> kMeans.centroids(none, 1, true));
    Vectors broken = Vectors.of(new float[] {1, Float.NaN});
    assertThrows(IllegalArgumentException.class, () -> kMeans.centroids(broken, 1, true));
  }

  @Test
  void anInterruptedThreadGetsNoCentroids() {
    Random random = new Random(1);
    Vectors many = Vectors.allocate(20_000, 64);
    for (int i = 0; i < many.rows(); i++) {
      float[] row = new float[64];
      for (int j = 0; j < row.length; j++) row[j] = random.nextFloat();
      many.set(i, row);
    }
    Thread.currentThread().interrupt();
    try {
      EarthEmbedException failure =
          assertThrows(
              EarthEmbedException.class, () -> new FaissKMeans().centroids(many, 2000, false));
      assertEquals("interrupted in k-means", failure.getMessage());
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  private record Embedded(ModelInfo model, TileCatalog catalog, Vectors vectors)
      implements EmbeddingDataset {
    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      batches.accept(vectors);
    }
  }

  @Test
  void anExplorerFindsTheClustersOfATileFilter() {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < 220; i++) {
      tiles.add(new TileRecord("t" + i, null, null, null, null, Float.NaN, null));
    }
    ModelInfo info = new ModelInfo("toy", "1", DIMENSION);
    EmbeddingModel model = EmbeddingModel.withoutEncoders(info);
    TileFilter some = (catalog, i) -> i % 2 == 0;
    for (Metric metric : Metric.values()) {
      Embedded dataset = new Embedded(info, TileCatalog.of(tiles), clustered(true));
      ExactIndex index = new ExactIndex(DIMENSION, metric);
      try (EarthExplorer earth = EarthExplorer.open(dataset, model, index)) {
        Clusters clusters = earth.clusters(3, some);
        assertEquals("Clusters[60, 30, 20]", clusters.toString());
        for (int i = 0; i < 220; i++) {
          assertEquals(i % 2 == 0 ? cluster(i) : -1, clusters.cluster(i), "tile " + i);
        }
        SearchResult numbers = clusters.numbers();
        assertEquals(110, numbers.scoreField().orElseThrow().size());
        for (Hit hit : numbers.hits()) {
          assertEquals(cluster((int) hit.ordinal()), hit.score());
        }
        SearchResult typical = clusters.search(1, SearchOptions.top(5));
        assertEquals("cluster 1 of 3", typical.query().describe());
        assertEquals(30, typical.searched());
        for (Hit hit : typical.hits()) assertEquals(1, cluster((int) hit.ordinal()));
        SearchResult like = earth.search(clusters.query(1), SearchOptions.top(60));
        for (Hit hit : like.hits()) assertEquals(1, cluster((int) hit.ordinal()));
        assertEquals(
            typical.hits().get(0).score(),
            earth
                .search(clusters.query(1), SearchOptions.top(1).toBuilder().filter(some).build())
                .hits()
                .get(0)
                .score(),
            1e-6);
        assertThrows(IllegalArgumentException.class, () -> earth.clusters(111, some));
        assertThrows(IllegalArgumentException.class, () -> earth.clusters(0, some));
      }
    }
  }
}
