package io.earthembed.solr;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.TileRecords;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.BoundingBox;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import java.util.ArrayList;
import java.util.List;

/** The code of the guide. */
final class ServingGuide {
  private ServingGuide() {}

  static void fill(EmbeddingDataset dataset, List<String> urls) {
    // [fill
    // Several nodes, so that an index can be opened while one is down.
    SolrOptions options = SolrOptions.builder(urls, "tiles").shards(2).replicas(2).build();
    int dimension = dataset.model().dimension();
    TileRecords catalog = dataset.catalog();
    try (SolrIndex index = SolrIndex.create(options, dimension, Metric.INNER_PRODUCT)) {
      dataset.forEachBatch(
          vectors -> {
            List<TileRecord> tiles = new ArrayList<>();
            long from = index.size();
            for (long i = 0; i < vectors.rows(); i++) tiles.add(catalog.record(from + i));
            index.add(vectors, tiles);
          });
    }
    // fill]
  }

  static SearchResult explore(EmbeddingDataset dataset, EmbeddingModel model, List<String> urls) {
    // [explore
    try (SolrIndex index = SolrIndex.open(SolrOptions.of(urls, "tiles"));
        EarthExplorer earth = EarthExplorer.open(dataset, model, index)) {
      return earth.search(Query.text("a satellite image of a river"), SearchOptions.top(5));
    }
    // explore]
  }

  static Neighbors near(float[] query, List<String> urls) {
    // [filter
    try (SolrIndex index =
        SolrIndex.open(SolrOptions.builder(urls, "tiles").candidates(100).build())) {
      String clearOverFiji =
          SolrFilters.within(new BoundingBox(175, -20, -175, -10))
              + " AND "
              + SolrFilters.cloudCoverAtMost(20);
      return index.search(query, 10, clearOverFiji);
    }
    // filter]
  }
}
