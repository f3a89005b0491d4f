package io.earthembed.samples.plain;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
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

/** Searches by text, writes a map and reads the pixels of the best tile. */
public final class Search {
  private Search() {}

  /** Takes the folder that {@link MakeEmbeddings} wrote, and the query. */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    GeoParquetDataset dataset = GeoParquetDataset.open(folder.resolve("embeddings"));
    FaissIndex index = FaissIndex.flat(dataset.model().dimension(), Metric.INNER_PRODUCT);
    try (EarthExplorer earth =
        EarthExplorer.open(dataset, DemoModel.load(), index, ParquetImageryStore.open()).owning()) {
      SearchResult found =
          earth.search(Query.text(args[1]), SearchOptions.builder().k(3).scoreField().build());
      for (Hit hit : found.hits()) System.out.println(hit.rank() + " " + hit.tile().productId());
      SimilarityMap.of(found).writeHtml(folder.resolve("map.html"));
      List<ImageryStore.Outcome> tiles = earth.fetch(found, TileParts.TRUE_COLOR);
      Raster best = tiles.get(0).orThrow().trueColor();
      System.out.println(best.height() + " x " + best.width() + " pixels");
    }
  }
}
