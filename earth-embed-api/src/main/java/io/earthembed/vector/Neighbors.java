package io.earthembed.vector;

import java.util.Arrays;

/**
 * Ordinals and their scores, best first, in two columns. Immutable and safe for many threads.
 *
 * <p>Sized for a handful of hits and for the score field of millions of tiles alike, so nothing is
 * boxed.
 */
public final class Neighbors {
  private final long[] ordinals;
  private final float[] scores;

  /**
   * Takes over two arrays, which the caller must not change any more.
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

  /** How many there are. */
  public int size() {
    return ordinals.length;
  }

  /** The ordinal at a rank, 0 being the best. */
  public long ordinal(int rank) {
    return ordinals[rank];
  }

  /** The score at a rank, 0 being the best. */
  public float score(int rank) {
    return scores[rank];
  }

  /** The best k of these, or all where there are fewer. */
  public Neighbors top(int k) {
    return k >= ordinals.length
        ? this
        : new Neighbors(Arrays.copyOf(ordinals, k), Arrays.copyOf(scores, k));
  }

  /** A copy of the ordinals, best first. */
  public long[] ordinals() {
    return ordinals.clone();
  }

  /** A copy of the scores, best first. */
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
