package io.earthembed.index;

import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.Vectors;

/**
 * An index that takes additions. Safe for many threads: {@link #add} waits for running searches and
 * excludes them and other additions. The contract suite {@code MutableIndexContract} of
 * earth-embed-testkit tests these requirements.
 */
public interface MutableIndex extends EmbeddingIndex {
  /**
   * Stores vectors under the next ordinals. All or none are added.
   *
   * @param vectors [n, dimension] float32, every component finite
   * @throws IllegalArgumentException if the dimension differs, a component is NaN or infinite, or a
   *     vector is longer than {@link Vectors#MAX_NORM}
   * @throws IllegalStateException after {@link #close}, or if the index needs training first
   */
  void add(Vectors vectors);

  /**
   * Stores quantized vectors under the next ordinals. All or none are added. An index of the same
   * format may keep the integers or bits as they are; every other one, and so this default, stores
   * the floats that they stand for.
   *
   * @param vectors [n, dimension], every value finite
   * @throws IllegalArgumentException as for floats; or if the index keeps integers as they are, and
   *     cannot keep these beside those that it has
   * @throws IllegalStateException as for floats
   */
  default void add(QuantizedVectors vectors) {
    add(vectors.toVectors());
  }

  /** Sets the label of the vectors. An addition does not change the label. */
  void label(IndexLabel label);
}
