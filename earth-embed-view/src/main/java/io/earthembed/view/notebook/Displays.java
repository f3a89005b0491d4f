package io.earthembed.view.notebook;

import io.earthembed.SearchResult;
import io.earthembed.image.Raster;
import io.earthembed.view.Gallery;
import io.earthembed.view.HitTable;
import io.earthembed.view.RasterHtml;
import io.earthembed.view.SideBySide;
import io.earthembed.view.SimilarityMap;
import java.util.List;
import java.util.function.Function;

/** The types that notebooks show as HTML; each kernel has its own way to register them. */
final class Displays {
  private static final int ROWS = 20;

  /**
   * A type and its HTML.
   *
   * @param type the type
   * @param html converts a value to HTML
   */
  record Display<T>(Class<T> type, Function<T, String> html) {}

  static final List<Display<?>> ALL =
      List.of(
          new Display<>(SearchResult.class, result -> HitTable.toHtml(result, ROWS)),
          new Display<>(SimilarityMap.class, SimilarityMap::toFrame),
          new Display<>(SideBySide.class, SideBySide::toHtml),
          new Display<>(Gallery.class, Gallery::toHtml),
          new Display<>(Raster.class, RasterHtml::toHtml),
          new Display<>(HtmlDisplay.class, HtmlDisplay::toHtml));

  private Displays() {}
}
