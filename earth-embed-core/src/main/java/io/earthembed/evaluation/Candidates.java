package io.earthembed.evaluation;

import io.earthembed.vector.Vectors;

/** Vectors that queries are compared with, one axis after another. Safe for many threads. */
final class Candidates {
  /** For each axis, its component of all candidates, so that adding up vectorises. */
  private final float[][] axes;

  private final int count;

  Candidates(Vectors vectors) {
    count = Math.toIntExact(vectors.rows());
    axes = new float[vectors.dimension()][count];
    float[] row = new float[vectors.dimension()];
    for (int i = 0; i < count; i++) {
      vectors.get(i, row);
      for (int d = 0; d < row.length; d++) axes[d][i] = row[d];
    }
  }

  /** Returns the dot product of a query with each candidate. */
  float[] scores(float[] query) {
    float[] scores = new float[count];
    for (int d = 0; d < axes.length; d++) add(axes[d], query[d], scores);
    return scores;
  }

  private static void add(float[] axis, float weight, float[] scores) {
    for (int i = 0; i < scores.length; i++) scores[i] += axis[i] * weight;
  }
}
