package io.earthembed.solr;

import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;

/**
 * A query as Lucene is asked it, and Lucene's scores turned back into the metric's.
 *
 * <p>Lucene's scores are never negative: an inner product p becomes p + 1, or 1 / (1 - p) below
 * zero ({@code VectorUtil.scaleMaxInnerProductScore}), and a squared distance d becomes 1 / (1 +
 * d). Beside that 1 a small product would lose its digits, so queries of an inner product are made
 * longer first, by a power of two, to about 2^59: then the 1 is what is lost.
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
    // Vectors are at most 1e18, some 2^59.8, long: products stay below 2^120, within float32.
    scale = squared == 0 ? 1 : Math.scalb(1.0, 59 - Math.getExponent(Math.sqrt(squared)));
    for (int i = 0; i < query.length; i++) query[i] = (float) (query[i] * scale);
  }

  /** A copy of length 1; zeros stay as they are. */
  static float[] normalized(float[] row) {
    Vectors vector = Vectors.of(row);
    vector.normalize();
    return vector.row(0);
  }

  /** The query as Solr reads it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (float v : query) text.append(text.length() == 1 ? "" : ",").append(v);
    return text.append("]").toString();
  }

  /** The metric's score of one of Lucene's. */
  float of(float lucene) {
    if (metric == Metric.L2) return (float) (1 - 1 / (double) lucene);
    double product = lucene >= 1 ? (double) lucene - 1 : 1 - 1 / (double) lucene;
    return (float) (product / scale);
  }

  /** A score of Lucene's not above what one of the metric's would be, by some roundings. */
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
