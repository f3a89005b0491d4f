package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random calls of k-means: sizes, duplicates, vectors of zeros, great values and bad ones. */
class FaissKMeansHistoriesTest {
  /**
   * OpenMP's threads wait for each other many times in each call, which takes long on busy
   * machines.
   */
  private static final int CALLS = Boolean.getBoolean("earthembed.long") ? 1000 : 40;

  private final FaissKMeans kMeans = new FaissKMeans();

  @Test
  void centroidsAreAmongTheVectorsOrTheArgumentsAreRefused() {
    for (int seed = 0; seed < CALLS; seed++) call(new Random(seed), "seed " + seed);
  }

  private void call(Random random, String seed) {
    int dimension = 1 + random.nextInt(20);
    int n = random.nextInt(random.nextBoolean() ? 6 : 60);
    int k = random.nextInt(Math.max(4, 2 * n)) - 1;
    boolean spherical = random.nextBoolean();
    Vectors vectors = vectors(random, n, dimension);
    boolean bad = n > 0 && random.nextInt(10) == 0;
    if (bad) {
      float[] row = vectors.row(random.nextInt(n));
      float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
      row[random.nextInt(dimension)] = values[random.nextInt(values.length)];
      vectors.set(random.nextInt(n), row);
    }
    if (bad || k < 1 || k > n) {
      assertThrows(
          IllegalArgumentException.class, () -> kMeans.centroids(vectors, k, spherical), seed);
      return;
    }
    Vectors centroids = kMeans.centroids(vectors, k, spherical);
    assertEquals(k, centroids.rows(), seed);
    assertEquals(dimension, centroids.dimension(), seed);
    float[] least = least(vectors, 1);
    float[] greatest = least(vectors, -1);
    for (int c = 0; c < k; c++) {
      float[] centroid = centroids.row(c);
      if (spherical) {
        double length = length(centroid);
        // The mean of vectors of zeros has no direction.
        assertTrue(length == 0 || Math.abs(length - 1) < 1e-4, seed + ": length " + length);
      } else {
        for (int j = 0; j < dimension; j++) {
          // FAISS moves a centroid by 1/1024 of itself to divide a large cluster.
          double slack = 0.01 * Math.max(Math.abs(least[j]), Math.abs(greatest[j])) + 1e-6;
          assertTrue(
              centroid[j] >= least[j] - slack && centroid[j] <= -greatest[j] + slack,
              seed + ": component " + j + " is " + centroid[j]);
        }
      }
    }
    Vectors again = kMeans.centroids(vectors, k, spherical);
    for (int c = 0; c < k; c++) assertArrayEquals(centroids.row(c), again.row(c), seed);
  }

  /** Makes vectors of one magnitude, some of them zero or equal to an earlier one. */
  private static Vectors vectors(Random random, int n, int dimension) {
    double scale = Math.pow(10, random.nextInt(13) - 6);
    int zeros = random.nextInt(4);
    int equals = random.nextInt(4);
    Vectors vectors = Vectors.allocate(n, dimension);
    for (int i = 0; i < n; i++) {
      float[] row = new float[dimension];
      if (i > 0 && random.nextInt(4) < equals) row = vectors.row(random.nextInt(i));
      else if (random.nextInt(4) >= zeros) {
        for (int j = 0; j < dimension; j++) row[j] = (float) (scale * random.nextGaussian());
      }
      vectors.set(i, row);
    }
    return vectors;
  }

  /** Returns the least of each component times a sign. */
  private static float[] least(Vectors vectors, int sign) {
    float[] least = new float[vectors.dimension()];
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    for (int i = 0; i < vectors.rows(); i++) {
      float[] row = vectors.row(i);
      for (int j = 0; j < row.length; j++) least[j] = Math.min(least[j], sign * row[j]);
    }
    return least;
  }

  private static double length(float[] vector) {
    double sum = 0;
    for (float value : vector) sum += (double) value * value;
    return Math.sqrt(sum);
  }
}
