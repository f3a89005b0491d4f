package io.earthembed.benchmarks;

import io.earthembed.base.thread.Processors;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;

/**
 * An endless set of unit vectors, of which any row can be made alone. The distribution is that of
 * {@code peers/search/search.py}: 2,000 clusters of unequal size; within a cluster, 24 directions
 * vary with falling strength, and all components a little. Equal seeds give equal rows. Safe for
 * many threads.
 */
final class ClusteredVectors {
  private static final int CENTERS = 2000;
  private static final int DIRECTIONS = 24;

  /** Rows that a thread makes at once. */
  private static final int GROUP = 500;

  private final int dimension;
  private final long seed;
  private final float[][] centers = new float[CENTERS][];
  private final float[][] directions = new float[DIRECTIONS][];

  /** The probabilities of the clusters, summed from the first on. */
  private final double[] cumulated = new double[CENTERS];

  /**
   * @param dimension 1 or more
   * @param seed of the rows; the clusters are those of every seed
   */
  ClusteredVectors(int dimension, long seed) {
    this.dimension = dimension;
    this.seed = seed;
    SplittableRandom shape = new SplittableRandom(1);
    for (int c = 0; c < CENTERS; c++) centers[c] = gaussians(shape, 1);
    double sum = 0;
    for (int c = 0; c < CENTERS; c++) {
      double pareto = Math.pow(1 - shape.nextDouble(), -1 / 1.2) - 1;
      sum += pareto + 0.2;
      cumulated[c] = sum;
    }
    for (int c = 0; c < CENTERS; c++) cumulated[c] /= sum;
    for (int i = 0; i < DIRECTIONS; i++) directions[i] = gaussians(shape, 1 / Math.sqrt(i + 1));
  }

  private float[] gaussians(SplittableRandom random, double scale) {
    float[] values = new float[dimension];
    for (int j = 0; j < dimension; j++) values[j] = (float) (scale * random.nextGaussian());
    return values;
  }

  /** Makes the rows from an ordinal on. */
  Vectors rows(long from, int count) {
    return rows(count, i -> from + i);
  }

  /** Makes rows with given ordinals, on all processors. */
  Vectors rows(int count, IntToLongFunction ordinal) {
    Vectors rows = Vectors.allocate(count, dimension);
    Processors.forEach(
        (count + GROUP - 1) / GROUP,
        group -> {
          float[] row = new float[dimension];
          int end = Math.min(count, (group + 1) * GROUP);
          for (int i = group * GROUP; i < end; i++) {
            make(ordinal.applyAsLong(i), row);
            rows.set(i, row);
          }
        });
    return rows;
  }

  private void make(long ordinal, float[] row) {
    SplittableRandom random = new SplittableRandom(seed << 40 ^ ordinal);
    int place = Arrays.binarySearch(cumulated, random.nextDouble());
    float[] center = centers[Math.min(CENTERS - 1, place < 0 ? -place - 1 : place)];
    for (int j = 0; j < dimension; j++) row[j] = center[j] + (float) (0.25 * random.nextGaussian());
    for (float[] direction : directions) {
      float strength = (float) (0.7 * random.nextGaussian());
      for (int j = 0; j < dimension; j++) row[j] += strength * direction[j];
    }
    double squares = 0;
    for (float value : row) squares += (double) value * value;
    float scale = (float) (1 / Math.sqrt(squares));
    for (int j = 0; j < dimension; j++) row[j] *= scale;
  }
}
