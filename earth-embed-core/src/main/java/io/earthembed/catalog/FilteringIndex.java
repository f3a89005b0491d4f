package io.earthembed.catalog;

import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.List;

/**
 * An index that may evaluate a filter itself, because it holds the tiles' records. The results are
 * those of a search with the filter's ordinals. Safe for many threads.
 */
public interface FilteringIndex extends EmbeddingIndex {
  /**
   * Searches as {@link #search(Vectors, int, OrdinalSet)} with {@code passing}.
   *
   * @param filter the filter whose result {@code passing} is
   * @param passing ordinals of the tiles that pass
   */
  List<Neighbors> search(Vectors queries, int k, TileFilter filter, OrdinalSet passing);

  /**
   * Searches as {@link #searchAbove(float[], float, OrdinalSet)} with {@code passing}.
   *
   * @param filter the filter whose result {@code passing} is
   * @param passing ordinals of the tiles that pass
   */
  Neighbors searchAbove(float[] query, float minScore, TileFilter filter, OrdinalSet passing);
}
