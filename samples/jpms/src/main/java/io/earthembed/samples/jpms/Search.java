package io.earthembed.samples.jpms;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileParts;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.vector.Metric;
import io.earthembed.view.SimilarityMap;
import java.nio.file.Path;

/** Searches by text, reads the pixels of the best tile and writes a map, from named modules. */
public final class Search {
  private Search() {}

  /** Takes the folder that the plain sample's {@code MakeEmbeddings} wrote, and the query. */
  public static void main(String[] args) {
    for (Class<?> part :
        new Class<?>[] {EarthExplorer.class, DemoModel.class, FaissIndex.class, Search.class}) {
      System.out.println(part.getModule());
    }
    GeoParquetDataset dataset = GeoParquetDataset.open(Path.of(args[0], "embeddings"));
    FaissIndex index = FaissIndex.flat(dataset.model().dimension(), Metric.INNER_PRODUCT);
    try (EarthExplorer earth =
        EarthExplorer.open(dataset, DemoModel.load(), index, ParquetImageryStore.open()).owning()) {
      SearchResult found = earth.search(Query.text(args[1]), SearchOptions.top(3));
      for (Hit hit : found.hits()) System.out.println(hit.rank() + " " + hit.tile().productId());
      Raster best = earth.fetch(found, TileParts.TRUE_COLOR).get(0).orThrow().trueColor();
      System.out.println(best.height() + " x " + best.width() + " pixels");
      Path map = Path.of(args[0], "modules.html");
      SimilarityMap.of(found).writeHtml(map);
      System.out.println(map.getFileName() + " is written");
    }
  }
}
