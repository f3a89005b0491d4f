package io.earthembed.vector;

/** How two vectors are compared. Larger scores are more similar, for every metric. */
public enum Metric {
  /** The dot product; for L2-normalised vectors this is the cosine, in [-1, 1]. */
  INNER_PRODUCT,
  /** The negative of the squared Euclidean distance, at most 0. */
  L2,
  /**
   * The cosine, in [-1, 1], of vectors of any length: indexes normalise them on the way in, and
   * queries too. A vector of zeros has the cosine 0 with every other.
   */
  COSINE
}
