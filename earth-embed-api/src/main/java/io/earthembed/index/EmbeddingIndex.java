package io.earthembed.index;

import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the stored vectors most similar to a query.
 *
 * <p>Vectors are addressed by ordinal: the first one added is 0, the next 1, and so on; a {@code
 * TileCatalog} maps ordinals to tiles. For every metric, a larger score means more similar vectors
 * (see {@link Metric}). Results are ordered by score, descending, and ties by ordinal, ascending.
 * If ties straddle the k-th place, the smaller ordinals are returned.
 *
 * <p>Every index has these methods. An index that takes additions is a {@link MutableIndex}; one
 * that writes itself to a file is a {@link PersistentIndex}.
 *
 * <p>Many threads may search at once. The contract suite {@code EmbeddingIndexContract} of
 * earth-embed-testkit tests all of this.
 */
public interface EmbeddingIndex extends AutoCloseable {
  /** Returns the number of components of a vector. */
  int dimension();

  /** Returns the metric of the scores. */
  Metric metric();

  /** Returns the number of stored vectors. */
  long size();

  /**
   * Returns one more than the largest assigned ordinal. It exceeds {@link #size} if vectors were
   * removed and the others kept their ordinals.
   */
  default long ordinalEnd() {
    return size();
  }

  /**
   * Finds the k best vectors for each query.
   *
   * @param queries [q, dimension] float32, every component finite
   * @param k at least 1; if fewer vectors pass, fewer are returned
   * @param filter the ordinals that may be returned; applied inside the search
   * @return one entry per query, in order
   * @throws IllegalArgumentException if the dimension differs, a component is not finite, or k &lt;
   *     1
   * @throws IllegalStateException after {@link #close}
   */
  List<Neighbors> search(Vectors queries, int k, OrdinalSet filter);

  /**
   * Finds the k best of all vectors for one query.
   *
   * @param query length dimension
   * @param k at least 1
   */
  default Neighbors search(float[] query, int k) {
    return search(query, k, OrdinalSet.all());
  }

  /**
   * Finds the k best vectors for one query.
   *
   * @param query length dimension
   * @param k at least 1
   * @param filter the ordinals that may be returned
   */
  default Neighbors search(float[] query, int k, OrdinalSet filter) {
    return search(Vectors.of(query), k, filter).get(0);
  }

  /**
   * Finds every vector whose score reaches a threshold. {@link Float#NEGATIVE_INFINITY} returns the
   * whole score field, as for a map of the globe. Approximate indexes visit every list.
   *
   * @param query length dimension, finite
   * @param minScore the least score returned; not NaN
   * @param filter the ordinals that may be returned
   */
  Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter);

  /**
   * Returns the score of every vector, for a map. An index may estimate scores if that is faster;
   * {@link ScoreField#maxError} then bounds how far one may be off. The default computes exact
   * scores by {@link #searchAbove}.
   *
   * @param query length dimension, finite
   * @return a score for each ordinal; negative infinity for removed vectors
   */
  default ScoreField scoreField(float[] query) {
    Neighbors all = searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all());
    float[] scores = new float[Math.toIntExact(ordinalEnd())];
    Arrays.fill(scores, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < all.size(); i++) scores[Math.toIntExact(all.ordinal(i))] = all.score(i);
    return new ScoreField(scores, 0);
  }

  /**
   * Copies out a stored vector. It is exact if the index keeps whole vectors, otherwise
   * approximate.
   *
   * @param ordinal in [0, {@link #ordinalEnd})
   * @param into length dimension; receives the vector
   * @throws IndexOutOfBoundsException unless 0 &lt;= ordinal &lt; ordinalEnd()
   * @throws IllegalArgumentException if the length differs
   * @throws IllegalStateException after {@link #close}
   */
  void reconstruct(long ordinal, float[] into);

  /**
   * Returns copies of several stored vectors, each as {@link #reconstruct(long, float[])} does. An
   * index on a server fetches them together. The default copies one after another.
   *
   * @param ordinals each in [0, {@link #ordinalEnd}), in any order, also repeated
   * @return [ordinals.length, dimension], in the order of the ordinals
   * @throws IndexOutOfBoundsException unless 0 &lt;= ordinal &lt; ordinalEnd() for all
   * @throws IllegalStateException after {@link #close}
   */
  default Vectors reconstruct(long[] ordinals) {
    Vectors vectors = Vectors.allocate(ordinals.length, dimension());
    float[] row = new float[dimension()];
    for (int i = 0; i < ordinals.length; i++) {
      reconstruct(ordinals[i], row);
      vectors.set(i, row);
    }
    return vectors;
  }

  /** Returns the label that names the vectors' model and dataset, or {@link IndexLabel#NONE}. */
  default IndexLabel label() {
    return IndexLabel.NONE;
  }

  /** Frees the index's memory after running calls have ended. Closing twice is harmless. */
  @Override
  void close();
}
