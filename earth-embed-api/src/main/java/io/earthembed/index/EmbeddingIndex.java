package io.earthembed.index;

import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.List;

/**
 * Finds the stored vectors most similar to a query.
 *
 * <p>Vectors are addressed by ordinal: the first one added is 0, the next 1, and so on; a {@code
 * TileCatalog} says what an ordinal means. A score is larger the more similar two vectors are,
 * whatever the metric (see {@link Metric}). Results are ordered by score, descending, and tied
 * scores by ordinal, ascending; where ties straddle the k-th place the smaller ordinals are
 * returned.
 *
 * <p>This is what every index can. One that takes additions is a {@link MutableIndex}, one that
 * writes itself to a file a {@link PersistentIndex}.
 *
 * <p>Searches are safe from many threads at once. The contract suite {@code EmbeddingIndexContract}
 * of earth-embed-testkit states all this as tests.
 */
public interface EmbeddingIndex extends AutoCloseable {
  /** Length of a vector. */
  int dimension();

  /** How scores are computed. */
  Metric metric();

  /** How many vectors are stored. */
  long size();

  /**
   * One more than the largest ordinal that was given: more than {@link #size} where an index lets
   * vectors be removed and keeps the ordinals of the others.
   */
  default long ordinalEnd() {
    return size();
  }

  /**
   * The k best for each query.
   *
   * @param queries [q, dimension] float32, every component finite
   * @param k at least 1; where fewer vectors pass, fewer are returned
   * @param filter which ordinals may be returned, applied inside the search
   * @return one entry for each query, in order
   * @throws IllegalArgumentException if the dimension differs, a component is not finite, or k &lt;
   *     1
   * @throws IllegalStateException after {@link #close}
   */
  List<Neighbors> search(Vectors queries, int k, OrdinalSet filter);

  /**
   * The k best for one query among all vectors.
   *
   * @param query length dimension
   * @param k at least 1
   */
  default Neighbors search(float[] query, int k) {
    return search(query, k, OrdinalSet.all());
  }

  /**
   * The k best for one query.
   *
   * @param query length dimension
   * @param k at least 1
   * @param filter which ordinals may be returned
   */
  default Neighbors search(float[] query, int k, OrdinalSet filter) {
    return search(Vectors.of(query), k, filter).get(0);
  }

  /**
   * Every vector whose score reaches a threshold: with {@link Float#NEGATIVE_INFINITY} the whole
   * score field, as a map of the globe needs it. Approximate indexes visit every list for it.
   *
   * @param query length dimension, finite
   * @param minScore the least score returned; not NaN
   * @param filter which ordinals may be returned
   */
  Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter);

  /**
   * A stored vector, as far as the index keeps it: exactly where it keeps whole vectors.
   *
   * @param ordinal in [0, {@link #ordinalEnd})
   * @param into length dimension; takes the vector
   * @throws IndexOutOfBoundsException unless 0 &lt;= ordinal &lt; ordinalEnd()
   * @throws IllegalArgumentException if the length differs
   * @throws IllegalStateException after {@link #close}
   */
  void reconstruct(long ordinal, float[] into);

  /**
   * Returns what the vectors are, as the index was labelled; {@link IndexLabel#NONE} if it was not.
   */
  default IndexLabel label() {
    return IndexLabel.NONE;
  }

  /** Frees its memory. Waits for running calls; closing twice is harmless. */
  @Override
  void close();
}
