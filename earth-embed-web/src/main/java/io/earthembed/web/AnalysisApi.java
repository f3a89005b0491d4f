package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.ChangeSearch;
import io.earthembed.Changes;
import io.earthembed.Clusters;
import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.base.file.Sha256;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import java.io.IOException;
import java.util.Arrays;

/** The operations that rank or group tiles without a query: changes, outliers and clusters. */
final class AnalysisApi {
  /** The most tiles among which outliers are searched: each is compared with all others. */
  static final int MAX_OUTLIER_TILES = 20_000;

  private static final int MAX_NEIGHBORS = 100;
  private static final int MAX_CLUSTERS = 100;

  private final ExplorerRegistry explorers;
  private final Searcher searcher;
  private final ServerOptions options;

  AnalysisApi(ExplorerRegistry explorers, Searcher searcher, ServerOptions options) {
    this.explorers = explorers;
    this.searcher = searcher;
    this.options = options;
  }

  void addTo(Routes routes) {
    routes.add("POST", "/api/explorers/{explorer}/changes", this::changes);
    routes.add("POST", "/api/explorers/{explorer}/outliers", this::outliers);
    routes.add("POST", "/api/explorers/{explorer}/clusters", this::clusters);
  }

  private interface Analysis {
    /** Computes a result of the explorer's tiles, and may add to the answer. */
    SearchResult of(LoadedExplorer explorer, SearchOptions options, JsonObject answer);
  }

  private interface Reader {
    /** Reads the arguments of one operation. */
    Analysis read(JsonArguments arguments);
  }

  private void answer(Exchange exchange, String name, Reader reader) throws IOException {
    LoadedExplorer explorer = explorers.require(exchange.variable("explorer"));
    JsonObject body = exchange.json(options.bodyTimeout());
    JsonArguments arguments = JsonArguments.of(body);
    SearchOptions.Builder page = SearchOptions.builder();
    page.filter(FilterArguments.read(arguments.object("filter")));
    page.k(arguments.integer("k", 20, 1, SearchApi.MAX_HITS));
    page.offset(arguments.integer("offset", 0, 0, Integer.MAX_VALUE));
    page.minDistance(arguments.number("apart", 0));
    if (arguments.has("minScore")) page.minScore((float) arguments.requiredNumber("minScore"));
    if (arguments.flag("field", true)) page.scoreField();
    Analysis analysis = reader.read(arguments);
    arguments.requireNoOthers();
    JsonObject json = new JsonObject();
    json.addProperty("explorer", explorer.name());
    String key = name + Sha256.of(body.toString());
    searcher.describe(explorer, key, json, () -> analysis.of(explorer, page.build(), json));
    json.add("fallbacks", new JsonArray());
    exchange.send(json);
  }

  private void changes(Exchange exchange) throws IOException {
    answer(
        exchange,
        "changes",
        arguments -> {
          boolean periods = arguments.has("before") || arguments.has("after");
          TileFilter before = FilterArguments.read(arguments.object("before"));
          TileFilter after = FilterArguments.read(arguments.object("after"));
          String earlier = arguments.text("earlier", 64);
          double support = arguments.number("support", 0);
          return (explorer, page, answer) -> {
            EmbeddingDataset later = explorer.explorer().embeddings();
            Changes changes =
                earlier == null && !periods
                    ? ChangeSearch.within(later, page.filter())
                    : ChangeSearch.between(
                        earlier == null
                            ? later
                            : explorers.require(earlier).explorer().embeddings(),
                        before,
                        later,
                        after);
            answer.addProperty("artifacts", changes.artifacts());
            return ofRows(explorer, TileCatalog.of(later.catalog()), changes, support, page);
          };
        });
  }

  /**
   * Ranks changes by the rows of the explorer, which clients know.
   *
   * @param catalog the tiles that were compared
   */
  private static SearchResult ofRows(
      LoadedExplorer explorer,
      TileCatalog catalog,
      Changes changes,
      double support,
      SearchOptions page) {
    float[] scores = new float[Math.toIntExact(catalog.size())];
    Arrays.fill(scores, Float.NaN);
    for (int i = 0; i < changes.size(); i++) {
      if (support > 0 && !(changes.support(i) >= support)) continue;
      scores[(int) changes.laterRow(i)] = changes.change(i);
    }
    return SearchResult.ofScores(
        "change", explorer.explorer().model().info(), catalog, scores, page);
  }

  private void outliers(Exchange exchange) throws IOException {
    answer(
        exchange,
        "outliers",
        arguments -> {
          int neighbors = arguments.integer("neighbors", 10, 1, MAX_NEIGHBORS);
          return (explorer, page, answer) -> {
            EarthExplorer earth = explorer.explorer();
            long tiles = earth.catalog().select(page.filter()).count(earth.catalog().size());
            if (tiles > MAX_OUTLIER_TILES) {
              throw new IllegalArgumentException(
                  "the filter passes "
                      + tiles
                      + " tiles, and outliers are searched among at most "
                      + MAX_OUTLIER_TILES
                      + ": choose a smaller area or period");
            }
            return earth.outliers(neighbors, page);
          };
        });
  }

  private void clusters(Exchange exchange) throws IOException {
    if (!Clusters.isAvailable()) {
      throw ProblemException.of(501, "this server has no earth-embed-faiss, which finds clusters");
    }
    answer(
        exchange,
        "clusters",
        arguments -> {
          int count = arguments.integer("clusters", 8, 1, MAX_CLUSTERS);
          return (explorer, page, answer) -> {
            if ((long) count * page.k() > SearchApi.MAX_HITS) {
              throw new IllegalArgumentException(
                  "clusters x k is more than "
                      + SearchApi.MAX_HITS
                      + ": "
                      + count
                      + " x "
                      + page.k());
            }
            Clusters clusters = explorer.explorer().clusters(count, page.filter());
            JsonArray all = new JsonArray();
            SearchOptions typical = SearchOptions.top(page.k());
            for (int c = 0; c < clusters.size(); c++) {
              JsonObject one = new JsonObject();
              one.addProperty("tiles", clusters.tiles(c));
              JsonArray hits = new JsonArray();
              for (Hit hit : clusters.search(c, typical).hits()) hits.add(TileJson.of(hit));
              one.add("hits", hits);
              all.add(one);
            }
            answer.add("clusters", all);
            return clusters.numbers(page.toBuilder().k(1).build());
          };
        });
  }
}
