package io.earthembed;

import java.util.ArrayList;
import java.util.List;

/**
 * Fuses scores as the reference system's mixed search does: scales each part's scores over all
 * tiles to the range [0, 1], then takes the mean, weighted by the parts' weights.
 *
 * @param scaled each part's scores in [0, 1]
 * @param scores the mean
 */
record ScoreFusion(List<float[]> scaled, float[] scores) {
  /** If a part's scores differ by less than this, they count as equal and become 0. */
  private static final double LEAST_RANGE = 1e-9;

  static ScoreFusion of(Query.Fusion fusion, List<float[]> parts) {
    int n = parts.get(0).length;
    List<float[]> scaled = new ArrayList<>();
    double[] sum = new double[n];
    for (int p = 0; p < parts.size(); p++) {
      float[] own = scale(parts.get(p));
      double share = fusion.share(p);
      for (int i = 0; i < n; i++) sum[i] += share * own[i];
      scaled.add(own);
    }
    float[] scores = new float[n];
    for (int i = 0; i < n; i++) scores[i] = (float) sum[i];
    return new ScoreFusion(scaled, scores);
  }

  private static float[] scale(float[] scores) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      least = Math.min(least, score);
      most = Math.max(most, score);
    }
    double range = (double) most - least;
    float[] scaled = new float[scores.length];
    if (range < LEAST_RANGE) return scaled;
    for (int i = 0; i < scores.length; i++)
      scaled[i] = (float) ((scores[i] - (double) least) / range);
    return scaled;
  }

  /** Returns each part's contribution to one score. */
  Explanation explain(Query.Fusion fusion, int at) {
    List<Explanation.Share> shares = new ArrayList<>();
    for (int p = 0; p < scaled.size(); p++) {
      Query.Part part = fusion.parts().get(p);
      float own = scaled.get(p)[at];
      shares.add(new Explanation.Share(part.query(), part.weight(), own, fusion.share(p) * own));
    }
    return new Explanation(shares, 0);
  }
}
