package io.earthembed.solr;

import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;

/**
 * Converts a query for Lucene, and Lucene's scores back to the metric's.
 *
 * <p>Lucene's scores are never negative. An inner product p becomes p + 1, or 1 / (1 - p) below
 * zero ({@code VectorUtil.scaleMaxInnerProductScore}), and a squared distance d becomes 1 / (1 +
 * d). A small product would lose its digits beside that 1, so a query for inner products is first
 * scaled by a power of two to a length of about 2^59. Then only the 1 is lost.
 */
final class Scores {
  private final Metric metric;
  private final float[] query;
  private final double scale;

  Scores(Metric metric, float[] asked) {
    this.metric = metric;
    if (metric == Metric.L2) {
      query = asked;
      scale = 1;
      return;
    }
    query = metric == Metric.COSINE ? normalized(asked) : asked.clone();
    double squared = 0;
    for (float v : query) squared += (double) v * v;
    // A vector's length is at most 1e18, about 2^59.8, so products stay below 2^120, within
    // float32.
    scale = squared == 0 ? 1 : Math.scalb(1.0, 59 - Math.getExponent(Math.sqrt(squared)));
    for (int i = 0; i < query.length; i++) query[i] = (float) (query[i] * scale);
  }

  /** Returns a copy of length 1; a vector of zeros is not changed. */
  static float[] normalized(float[] row) {
    Vectors vector = Vectors.of(row);
    vector.normalize();
    return vector.row(0);
  }

  /** Returns the query in Solr's syntax. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (float v : query) text.append(text.length() == 1 ? "" : ",").append(v);
    return text.append("]").toString();
  }

  /** Converts Lucene's score to the metric's. */
  float of(float lucene) {
    if (metric == Metric.L2) return (float) (1 - 1 / (double) lucene);
    double product = lucene >= 1 ? (double) lucene - 1 : 1 - 1 / (double) lucene;
    return (float) (product / scale);
  }

  /** Converts the metric's score to a lower bound of Lucene's, reduced by a few roundings. */
  double atMost(float score) {
    double exact;
    if (metric == Metric.L2) {
      exact = 1 / (1 - Math.min(0, (double) score));
    } else {
      double product = score * scale;
      exact = product >= 0 ? product + 1 : 1 / (1 - product);
    }
    return exact * (1 - 1e-6);
  }
}
