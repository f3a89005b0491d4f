package io.earthembed.vector;

import java.util.Arrays;
import java.util.List;

/**
 * Ordinals and their scores, best first, in two columns. Immutable and safe for many threads.
 *
 * <p>The class serves a handful of hits as well as the scores of millions of tiles, so it boxes
 * nothing.
 */
public final class Neighbors {
  private final long[] ordinals;
  private final float[] scores;

  /**
   * Takes ownership of two arrays, which the caller must no longer change.
   *
   * @param ordinals best first, ties by ordinal ascending
   * @param scores as many as ordinals, descending
   */
  public Neighbors(long[] ordinals, float[] scores) {
    if (ordinals.length != scores.length) {
      throw new IllegalArgumentException(
          ordinals.length + " ordinals but " + scores.length + " scores");
    }
    this.ordinals = ordinals;
    this.scores = scores;
  }

  /**
   * Returns the k best of several lists. Among equal scores, those of an earlier list come first,
   * so the result is ordered by ordinal if the lists' ordinals ascend from one to the next.
   *
   * @param lists each ordered as this class requires
   * @param k 0 or more
   */
  public static Neighbors merge(List<Neighbors> lists, int k) {
    if (k < 0) throw new IllegalArgumentException("negative k: " + k);
    long total = 0;
    for (Neighbors list : lists) total += list.size();
    int n = (int) Math.min(k, total);
    long[] ordinals = new long[n];
    float[] scores = new float[n];
    int[] at = new int[lists.size()];
    for (int i = 0; i < n; i++) {
      int best = -1;
      for (int l = 0; l < at.length; l++) {
        if (at[l] < lists.get(l).size()
            && (best < 0 || lists.get(l).score(at[l]) > lists.get(best).score(at[best]))) {
          best = l;
        }
      }
      ordinals[i] = lists.get(best).ordinal(at[best]);
      scores[i] = lists.get(best).score(at[best]++);
    }
    return new Neighbors(ordinals, scores);
  }

  /** Returns the number of neighbours. */
  public int size() {
    return ordinals.length;
  }

  /** Returns the ordinal at a rank; rank 0 is the best. */
  public long ordinal(int rank) {
    return ordinals[rank];
  }

  /** Returns the score at a rank; rank 0 is the best. */
  public float score(int rank) {
    return scores[rank];
  }

  /** Returns the best k of these, or all if there are fewer. */
  public Neighbors top(int k) {
    return k >= ordinals.length
        ? this
        : new Neighbors(Arrays.copyOf(ordinals, k), Arrays.copyOf(scores, k));
  }

  /** Returns a copy of the ordinals, best first. */
  public long[] ordinals() {
    return ordinals.clone();
  }

  /** Returns a copy of the scores, best first. */
  public float[] scores() {
    return scores.clone();
  }

  @Override
  public String toString() {
    return ordinals.length == 0
        ? "Neighbors[none]"
        : "Neighbors[" + ordinals.length + ", best " + ordinals[0] + " at " + scores[0] + "]";
  }
}
