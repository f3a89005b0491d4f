package io.earthembed.docs.examples;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.TileParts;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.image.Raster;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.vector.Metric;
import io.earthembed.view.SimilarityMap;
import java.nio.file.Path;
import java.util.List;

/** The first thing that README shows. */
public final class SearchTheEarth {
  private SearchTheEarth() {}

  /**
   * Searches a dataset and writes a map.
   *
   * @param embeddings the folder of an embedding dataset that the demo model made
   * @param map where the map goes
   * @return the true-colour pictures of the best five
   */
  public static List<Raster> run(Path embeddings, Path map) {
    // [readme
    GeoParquetDataset dataset = GeoParquetDataset.open(embeddings);
    FaissIndex index = FaissIndex.flat(dataset.model().dimension(), Metric.INNER_PRODUCT);
    try (EarthExplorer earth =
        EarthExplorer.open(dataset, DemoModel.load(), index, ParquetImageryStore.open())) {
      SearchResult river =
          earth.search(
              Query.text("a satellite image of a river"), SearchOptions.top(5).withScoreField());
      river.hits().forEach(System.out::println);
      SimilarityMap.of(river).writeHtml(map);
      return earth.fetch(river, TileParts.TRUE_COLOUR).stream()
          .map(outcome -> outcome.orThrow().trueColour())
          .toList();
    }
    // readme]
  }
}
