package io.earthembed.guides.examples;

import io.earthembed.ChangeSearch;
import io.earthembed.Changes;
import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.view.GeoJson;
import io.earthembed.view.SimilarityMap;
import java.nio.file.Path;
import java.time.Instant;

/** The code of docs/guides/finding-change.md. */
public final class ChangeGuide {
  private ChangeGuide() {}

  /** Compares two datasets. */
  public static Changes between(EmbeddingDataset before, EmbeddingDataset after, Path folder) {
    // [between
    TileFilter clear = TileFilter.cloudCoverAtMost(10);
    Changes changes = ChangeSearch.between(before, clear, after, clear);
    SearchOptions options =
        SearchOptions.builder().minScore(0.2f).k(100).minDistance(20_000).scoreField().build();
    SearchResult most = changes.search(options);
    SimilarityMap.of(most).writePng(folder.resolve("changes.png"));
    GeoJson.of(most).write(folder.resolve("changes.geojson"));
    // between]
    return changes;
  }

  /** Compares two periods, or the first and the last date, of one dataset. */
  public static Changes within(EmbeddingDataset dataset) {
    // [within
    Instant start = Instant.parse("2023-01-01T00:00:00Z");
    Changes firstAndLast = ChangeSearch.within(dataset, TileFilter.ALL);
    Changes sinceThen =
        ChangeSearch.between(
            dataset,
            TileFilter.sensed(Instant.MIN, start),
            dataset,
            TileFilter.sensed(start, Instant.MAX));
    // within]
    return sinceThen.size() > 0 ? sinceThen : firstAndLast;
  }

  /** Leaves out changes of a single cell. */
  public static SearchResult supported(Changes changes) {
    // [supported
    SearchResult supported = changes.search(SearchOptions.top(100), 0.05);
    // supported]
    return supported;
  }

  /** Finds changes like the greatest one. */
  public static SearchResult like(Changes changes) {
    // [like
    String greatest = changes.search(SearchOptions.top(1)).hits().get(0).tile().id();
    SearchResult alike = changes.like(greatest, SearchOptions.top(20));
    // like]
    return alike;
  }

  /** Finds changes of one kind. */
  public static SearchResult kinds(Changes changes, EmbeddingModel model) {
    // [kinds
    try (EarthExplorer kinds = EarthExplorer.open(changes.differences(), model)) {
      Query cleared = Query.text("a desert").minus(Query.text("a forest"));
      return kinds.search(cleared, SearchOptions.top(20));
    }
    // kinds]
  }
}
