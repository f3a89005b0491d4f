package io.earthembed.evaluation;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Figures of one query's ranking, best score first. Equal scores keep the order of the candidates,
 * except in {@link #averagePrecision}, where their order has no influence.
 */
final class RankingMetrics {
  private RankingMetrics() {}

  /** Orders candidates by falling score. */
  static int[] rank(float[] scores) {
    long[] keys = new long[scores.length];
    for (int i = 0; i < keys.length; i++) {
      // Rising keys are falling scores, and then rising positions. Adding 0 makes -0 equal to 0.
      int bits = Float.floatToIntBits(scores[i] + 0f);
      int rising = bits ^ (bits >> 31) >>> 1;
      keys[i] = (long) ~rising << 32 | i;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int i = 0; i < keys.length; i++) order[i] = (int) keys[i];
    return order;
  }

  /**
   * Computes the average precision, as {@code average_precision_score} of scikit-learn: the mean of
   * the precision at each relevant candidate, counting all candidates of an equal score.
   *
   * @param relevant not empty
   */
  static double averagePrecision(float[] scores, int[] order, BitSet relevant) {
    double sum = 0;
    int found = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      int group = 0;
      for (; to < order.length && scores[order[to]] == scores[order[from]]; to++) {
        if (relevant.get(order[to])) group++;
      }
      found += group;
      sum += (double) group * found / to;
      from = to;
    }
    return sum / found;
  }

  /**
   * Computes the average precision of the k best, as {@code RetrievalMAP(top_k=k)} of torchmetrics:
   * the mean of the precision at each relevant candidate among them; 0 if there is none. Unlike
   * there, candidates of negative scores count too, because scores are cosines.
   */
  static double averagePrecisionAt(int k, int[] order, BitSet relevant) {
    double sum = 0;
    int found = 0;
    for (int i = 0; i < Math.min(k, order.length); i++) {
      if (relevant.get(order[i])) sum += (double) ++found / (i + 1);
    }
    return found == 0 ? 0 : sum / found;
  }

  /** Computes the share of relevant candidates among the k best; missing ones count as wrong. */
  static double precisionAt(int k, int[] order, BitSet relevant) {
    int found = 0;
    for (int i = 0; i < Math.min(k, order.length); i++) if (relevant.get(order[i])) found++;
    return (double) found / k;
  }

  /** Returns 1 if any of the k best is relevant, and 0 otherwise. */
  static double recallAt(int k, int[] order, BitSet relevant) {
    for (int i = 0; i < Math.min(k, order.length); i++) if (relevant.get(order[i])) return 1;
    return 0;
  }
}
