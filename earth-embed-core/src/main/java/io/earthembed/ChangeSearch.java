package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.internal.PlainText;

/**
 * Compares the embeddings of grid cells at two times: of two datasets, or of one dataset with
 * several tiles of a cell. The change of a cell is 1 minus the cosine of its two embeddings.
 *
 * <p>Each dataset is read once, both at the same time. Embeddings whose partners are not read yet
 * wait in memory: few if both datasets list cells in similar order, at worst those of a whole
 * dataset. Tiles without a grid cell are left out. Safe for many threads.
 */
public final class ChangeSearch {
  private ChangeSearch() {}

  /**
   * Compares two datasets of one model, cell by cell.
   *
   * @param before the earlier dataset
   * @param after the later dataset
   * @throws IllegalArgumentException if different models made them
   */
  public static Changes between(EmbeddingDataset before, EmbeddingDataset after) {
    return between(before, TileFilter.ALL, after, TileFilter.ALL);
  }

  /**
   * Compares tiles of two datasets of one model, cell by cell; both may be the same dataset. Of
   * several tiles of a cell that pass a filter, it takes the one with the least cloud cover
   * (unknown counts as most), then the latest, then the first.
   *
   * @param before the earlier dataset
   * @param earlier which of its tiles are compared, for example those of a period with few clouds
   * @param after the later dataset
   * @param later which of its tiles are compared
   * @throws IllegalArgumentException if different models made the datasets
   */
  public static Changes between(
      EmbeddingDataset before, TileFilter earlier, EmbeddingDataset after, TileFilter later) {
    if (!before.model().equals(after.model())) {
      throw new IllegalArgumentException(
          PlainText.message(
              "the earlier dataset was made by "
                  + before.model()
                  + ", the later by "
                  + after.model()
                  + ": only embeddings of one model can be compared"));
    }
    return Changes.of(
        CellPairs.join(
            before,
            TileCatalog.of(before.catalog()).select(earlier),
            ChangeSearch::isClearer,
            after,
            TileCatalog.of(after.catalog()).select(later),
            ChangeSearch::isClearer));
  }

  /**
   * Compares the first and the last tile of each cell of a dataset by sensing time. Cells with a
   * single date are left out.
   *
   * @param dataset has several tiles of a cell, such as several products
   * @param filter which tiles are compared, for example those with few clouds
   */
  public static Changes within(EmbeddingDataset dataset, TileFilter filter) {
    TileCatalog catalog = TileCatalog.of(dataset.catalog());
    TileFilter dated = (tiles, i) -> tiles.epochMillis(i) != TileCatalog.UNKNOWN_TIME;
    return Changes.of(
        CellPairs.join(
            dataset,
            catalog.select(filter.and(dated)),
            (tiles, tile, to) -> tiles.epochMillis(tile) < tiles.epochMillis(to),
            dataset,
            catalog.select(filter.and(dated)),
            (tiles, tile, to) -> tiles.epochMillis(tile) > tiles.epochMillis(to)));
  }

  private static boolean isClearer(TileCatalog catalog, int tile, int to) {
    int clouds = Float.compare(catalog.cloudCover(tile), catalog.cloudCover(to)); // NaN is largest
    return clouds < 0 || (clouds == 0 && catalog.epochMillis(tile) > catalog.epochMillis(to));
  }
}
