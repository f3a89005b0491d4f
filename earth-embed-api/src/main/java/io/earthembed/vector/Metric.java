package io.earthembed.vector;

/** Compares two vectors. For every metric, a larger score means more similar vectors. */
public enum Metric {
  /** The dot product; for L2-normalised vectors this is the cosine, in [-1, 1]. */
  INNER_PRODUCT,
  /** The negative of the squared Euclidean distance, at most 0. */
  L2,
  /**
   * The cosine, in [-1, 1], of vectors of any length. Indexes normalise both the vectors that they
   * store and the queries. A vector of zeros has the cosine 0 with every other.
   */
  COSINE
}
