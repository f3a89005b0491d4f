package io.earthembed.guides.examples;

import io.earthembed.Clusters;
import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.BoundingBox;
import io.earthembed.view.SimilarityMap;
import java.nio.file.Path;
import java.util.List;

/** The code of docs/guides/teaching.md. */
public final class TeachingGuide {
  private TeachingGuide() {}

  /** Learns a query from labels. */
  public static SearchResult learn(EarthExplorer earth, List<String> good, List<String> bad) {
    // [learn
    Query.Learned learned =
        earth.learn(
            good.stream().map(Query::tile).toList(), bad.stream().map(Query::tile).toList());
    SearchResult found = earth.search(learned, SearchOptions.top(100));
    System.out.println(found.query().describe()); // 20 good and 20 bad labels by ...
    for (Hit hit : found.hits()) {
      System.out.println(hit + " " + learned.probability(hit.score()).orElse(Double.NaN));
    }
    // learn]
    return found;
  }

  /** Suggests labels. */
  public static List<Hit> suggest(EarthExplorer earth, Query.Learned learned) {
    // [suggest
    BoundingBox alps = new BoundingBox(5, 44, 16, 48);
    List<Hit> next = earth.suggest(learned, 10, TileFilter.within(alps));
    // suggest]
    return next;
  }

  /** Finds outliers. */
  public static SearchResult outliers(EarthExplorer earth, TileFilter region) {
    // [outliers
    SearchResult outliers =
        earth.outliers(10, SearchOptions.builder().k(50).filter(region).build());
    // outliers]
    return outliers;
  }

  /** Finds clusters. */
  public static Clusters clusters(EarthExplorer earth, TileFilter region, Path map) {
    // [clusters
    Clusters clusters = earth.clusters(8, region);
    for (int c = 0; c < clusters.size(); c++) {
      SearchResult typical = clusters.search(c, SearchOptions.top(5));
      System.out.println(clusters.tiles(c) + " tiles such as " + typical.hits());
    }
    SimilarityMap.of(clusters.numbers()).writePng(map);
    SearchResult elsewhere = earth.search(clusters.query(0), SearchOptions.top(20));
    // clusters]
    return elsewhere.hits().isEmpty() ? earth.clusters(1, region) : clusters;
  }
}
