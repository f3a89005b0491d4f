package io.earthembed;

import io.earthembed.imagery.TileRecord;
import java.util.Locale;

/**
 * One tile found.
 *
 * @param rank 1 for the best; later pages continue the count
 * @param ordinal the tile's row in the dataset
 * @param score similarity by the index's metric; larger is better. For {@link
 *     io.earthembed.vector.Metric#COSINE} it is the cosine; for {@link
 *     io.earthembed.vector.Metric#INNER_PRODUCT} the inner product, which equals the cosine if
 *     embeddings have length 1
 * @param percentile percentage of the filtered tiles that do not rank before this one, in (0, 100]:
 *     100 for the best
 * @param tile the tile's record
 */
public record Hit(int rank, long ordinal, float score, double percentile, TileRecord tile) {
  @Override
  public String toString() {
    String cell = tile.hasCell() ? tile.cell().toString() : tile.id();
    String center = tile.hasCenter() ? " " + tile.center() : "";
    return String.format(Locale.ROOT, "%d. %.4f %s%s", rank, score, cell, center);
  }
}
