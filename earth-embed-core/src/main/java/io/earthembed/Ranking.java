package io.earthembed;

import io.earthembed.base.thread.Processors;
import io.earthembed.vector.Neighbors;
import java.math.BigDecimal;

/** The tiles that pass a filter, in the order of their scores, found as far as needed. */
interface Ranking {
  /** Returns how many tiles pass. */
  long passing();

  /** Returns at least the best n, or all if there are fewer. */
  Neighbors best(int n);

  /** Returns at least all that reach a score. */
  Neighbors above(double score);

  /** Returns the score that the best part of the tiles reach. */
  default double threshold(double fraction) {
    long n = passing();
    if (n == 0) return Double.POSITIVE_INFINITY;
    int k = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(1, Ranker.share(n, fraction)));
    // An approximate index may find fewer.
    Neighbors found = best(k);
    return found.size() == 0
        ? Double.POSITIVE_INFINITY
        : found.score(Math.min(k, found.size()) - 1);
  }

  /**
   * Ranks known scores. The share of the best counts as a percentile, as in the reference system's
   * mixed searches.
   */
  final class OfScores implements Ranking {
    private final Neighbors all;

    OfScores(Neighbors all) {
      this.all = all;
    }

    /**
     * Sorts scores.
     *
     * @param ordinals of each score
     */
    static OfScores sorted(long[] ordinals, float[] scores) {
      int n = scores.length;
      long[] keys = new long[n];
      for (int i = 0; i < n; i++) {
        int bits = Float.floatToIntBits(scores[i] + 0f);
        // Signed order then means descending scores, and ascending positions among equal scores.
        int rising = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        keys[i] = (long) ~rising << 32 | i;
      }
      Processors.sort(keys);
      long[] sorted = new long[n];
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        int at = (int) keys[i];
        sorted[i] = ordinals[at];
        values[i] = scores[at];
      }
      return new OfScores(new Neighbors(sorted, values));
    }

    @Override
    public long passing() {
      return all.size();
    }

    @Override
    public Neighbors best(int n) {
      return all;
    }

    @Override
    public Neighbors above(double score) {
      return all;
    }

    @Override
    public double threshold(double fraction) {
      int n = all.size();
      if (n == 0) return Double.POSITIVE_INFINITY;
      // The position in ascending order, interpolated linearly between two scores. It is computed
      // exactly, because rounding up from a score's own position would leave that score out.
      BigDecimal place =
          BigDecimal.ONE.subtract(BigDecimal.valueOf(fraction)).multiply(BigDecimal.valueOf(n - 1));
      int below = place.intValue();
      double part = place.subtract(BigDecimal.valueOf(below)).doubleValue();
      double low = all.score(n - 1 - below);
      double high = all.score(Math.max(0, n - 2 - below));
      return low + (high - low) * part;
    }
  }
}
