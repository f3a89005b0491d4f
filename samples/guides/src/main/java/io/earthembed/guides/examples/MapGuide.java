package io.earthembed.guides.examples;

import io.earthembed.EarthExplorer;
import io.earthembed.ModelComparison;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.geo.BoundingBox;
import io.earthembed.image.Raster;
import io.earthembed.view.Gallery;
import io.earthembed.view.Projection;
import io.earthembed.view.SideBySide;
import io.earthembed.view.SimilarityMap;
import java.nio.file.Path;
import java.util.List;

/** The code of docs/guides/maps-and-notebooks.md. */
public final class MapGuide {
  private MapGuide() {}

  /** Draws maps and galleries of a result. */
  public static void draw(
      EarthExplorer earth,
      Query query,
      List<Raster> pictures,
      ModelComparison.Comparison comparison,
      Path file) {
    // [draw
    SearchResult found = earth.search(query, SearchOptions.builder().k(25).scoreField().build());

    SimilarityMap map = SimilarityMap.of(found);
    map.writeHtml(file); // one file, works from disk without a network
    map.withProjection(Projection.EQUAL_EARTH).writePng(file); // equal areas
    map.withRegion(new BoundingBox(-80, -35, -30, 10)).writeSvg(file);

    Gallery.of(found, pictures).writePng(file); // the best tiles, the query beside them
    SideBySide.ofResults(comparison.results()).writePng(file); // several models, one query
    // draw]
  }
}
