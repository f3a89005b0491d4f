package io.earthembed.guides.examples;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.image.Raster;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileParts;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.vector.Metric;
import io.earthembed.view.SimilarityMap;
import java.nio.file.Path;
import java.util.List;

/** The first code of README. */
public final class SearchTheEarth {
  private SearchTheEarth() {}

  /**
   * Searches a dataset and writes a map.
   *
   * @param embeddings the folder of an embedding dataset that the demo model made
   * @param map the file for the map
   * @return the true-colour picture of the best tile
   */
  public static Raster run(Path embeddings, Path map) {
    // [readme
    GeoParquetDataset dataset = GeoParquetDataset.open(embeddings);
    FaissIndex index = FaissIndex.flat(dataset.model().dimension(), Metric.INNER_PRODUCT);
    try (EarthExplorer earth =
        EarthExplorer.open(dataset, DemoModel.load(), index, ParquetImageryStore.open()).owning()) {
      Query query = Query.text("a satellite image of a river");
      SearchResult found = earth.search(query, SearchOptions.builder().k(5).scoreField().build());
      found.hits().forEach(System.out::println);
      SimilarityMap.of(found).writeHtml(map);
      List<ImageryStore.Outcome> tiles = earth.fetch(found, TileParts.TRUE_COLOR);
      return tiles.get(0).orThrow().trueColor();
    }
    // readme]
  }
}
