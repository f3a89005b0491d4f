package io.earthembed;

import io.earthembed.imagery.TileRecord;
import java.util.Locale;

/**
 * One tile found.
 *
 * @param rank 1 for the best; pages count on
 * @param ordinal its row in the dataset
 * @param score its similarity by the index's metric, larger is better. Of {@link
 *     io.earthembed.vector.Metric#COSINE} it is the cosine; of {@link
 *     io.earthembed.vector.Metric#INNER_PRODUCT} the inner product, which is the cosine where
 *     embeddings are of length 1, and may be anything where they are not
 * @param percentile which part of the tiles that passed the filter comes no earlier in the order of
 *     scores than this one, in (0, 100]: 100 for the best
 * @param tile what is known of it
 */
public record Hit(int rank, long ordinal, float score, double percentile, TileRecord tile) {
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d. %.4f %s %s", rank, score, tile.cell(), tile.center());
  }
}
