package io.earthembed.index.builtin;

import io.earthembed.base.thread.Processors;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Neighbors;
import java.util.Arrays;
import java.util.List;

/** Collects the hits of a slice in the order of their ordinals. Used by one thread. */
final class Hits {
  private static final int MAX_HITS = Integer.MAX_VALUE - 8;

  private long[] ordinals = new long[16];
  private float[] scores = new float[16];
  private int count;

  /** Adds those of some hits whose score reaches a threshold. */
  void add(long[] someOrdinals, float[] someScores, int n, float minScore) {
    if (ordinals.length - count < n) {
      int room = Math.max(count + n, count + (count >> 1));
      ordinals = Arrays.copyOf(ordinals, room);
      scores = Arrays.copyOf(scores, room);
    }
    for (int i = 0; i < n; i++) {
      if (someScores[i] >= minScore) {
        ordinals[count] = someOrdinals[i];
        scores[count++] = someScores[i];
      }
    }
  }

  /**
   * Sorts the hits of all slices by score, best first, and equal ones by ordinal.
   *
   * @param slices in the order of their ordinals
   */
  static Neighbors sorted(List<Hits> slices) {
    long total = 0;
    for (Hits slice : slices) total += slice.count;
    if (total > MAX_HITS) {
      throw new EarthEmbedException(
          total + " vectors reach minScore, more than one result holds: raise it, or filter");
    }
    long[] allOrdinals = new long[(int) total];
    float[] allScores = new float[(int) total];
    long[] keys = new long[(int) total];
    int place = 0;
    for (Hits slice : slices) {
      System.arraycopy(slice.ordinals, 0, allOrdinals, place, slice.count);
      System.arraycopy(slice.scores, 0, allScores, place, slice.count);
      place += slice.count;
    }
    // The place in this order decides between equal scores.
    for (int i = 0; i < keys.length; i++) keys[i] = (long) falling(allScores[i]) << 32 | i;
    Processors.sort(keys);
    long[] ordinals = new long[keys.length];
    float[] scores = new float[keys.length];
    for (int i = 0; i < keys.length; i++) {
      ordinals[i] = allOrdinals[(int) keys[i]];
      scores[i] = allScores[(int) keys[i]];
    }
    return new Neighbors(ordinals, scores);
  }

  /** Converts a score to an integer; better scores give smaller integers. */
  private static int falling(float score) {
    // Adding zero turns -0 into 0, which it equals.
    int bits = Float.floatToRawIntBits(score + 0f);
    return ~(bits ^ (bits >> 31 & Integer.MAX_VALUE));
  }
}
