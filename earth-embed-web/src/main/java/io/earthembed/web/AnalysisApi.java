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
import io.earthembed.vector.Neighbors;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operations that rank or group tiles without a query: changes, outliers and clusters. */
final class AnalysisApi {
  /** The most tiles among which outliers are searched: each is compared with all others. */
  static final int MAX_OUTLIER_TILES = 20_000;

  private static final int MAX_NEIGHBORS = 100;
  private static final int MAX_CLUSTERS = 100;

  /** The most characters of a tile's id. */
  private static final int MAX_ID = 4096;

  private final ExplorerRegistry explorers;
  private final Searcher searcher;
  private final Exporter exporter;
  private final ServerOptions options;
  private final KeptChanges kept;

  AnalysisApi(Services services, Exporter exporter) {
    this.explorers = services.explorers;
    this.searcher = services.searcher;
    this.exporter = exporter;
    this.options = services.options;
    kept = new KeptChanges(options.cacheBytes());
    explorers.whenChanged(kept::dropOld);
  }

  void addTo(Routes routes) {
    add(routes, "changes", this::changes);
    add(routes, "outliers", this::outliers);
    add(routes, "clusters", this::clusters);
  }

  /** Adds an operation that returns hits, and one that returns them as a file. */
  private void add(Routes routes, String name, Reader reader) {
    String path = "/api/explorers/{explorer}/" + name;
    routes.add("POST", path, exchange -> answer(exchange, name, reader));
    routes.add("POST", path + "/export", exchange -> export(exchange, reader));
  }

  private interface Analysis {
    /**
     * Computes a result of the explorer's tiles, and may add to an answer.
     *
     * @param answer null if the result becomes a file
     */
    SearchResult of(LoadedExplorer explorer, SearchOptions options, @Nullable JsonObject answer);
  }

  private interface Reader {
    /** Reads the arguments of one operation. */
    Analysis read(JsonArguments arguments);
  }

  private void answer(Exchange exchange, String name, Reader reader) throws IOException {
    LoadedExplorer explorer = explorers.require(exchange.variable("explorer"));
    JsonObject body = exchange.json(options.bodyTimeout());
    JsonArguments arguments = JsonArguments.of(body);
    SearchOptions.Builder page = page(arguments, SearchApi.MAX_HITS);
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

  private void export(Exchange exchange, Reader reader) throws IOException {
    LoadedExplorer explorer = explorers.require(exchange.variable("explorer"));
    ExportFormat format = ExportFormat.of(exchange.parameter("format"));
    JsonArguments arguments = JsonArguments.of(exchange.json(options.bodyTimeout()));
    SearchOptions page = page(arguments, Exporter.MAX_HITS).build();
    arguments.flag("field", true); // a file has none
    Analysis analysis = reader.read(arguments);
    arguments.requireNoOthers();
    exporter.send(
        exchange, format, explorer, searcher.compute(() -> analysis.of(explorer, page, null)));
  }

  private static SearchOptions.Builder page(JsonArguments arguments, int maxHits) {
    SearchOptions.Builder page = SearchOptions.builder();
    page.filter(FilterArguments.read(arguments.object("filter")));
    page.k(arguments.integer("k", 20, 1, maxHits));
    page.offset(arguments.integer("offset", 0, 0, Integer.MAX_VALUE));
    page.minDistance(arguments.number("apart", 0));
    if (arguments.has("minScore")) page.minScore((float) arguments.requiredNumber("minScore"));
    return page;
  }

  private Analysis changes(JsonArguments arguments) {
    boolean periods = arguments.has("before") || arguments.has("after");
    String before = String.valueOf(arguments.json("before"));
    String after = String.valueOf(arguments.json("after"));
    TileFilter earlierTiles = FilterArguments.read(arguments.object("before"));
    TileFilter laterTiles = FilterArguments.read(arguments.object("after"));
    String filter = String.valueOf(arguments.json("filter"));
    String name = arguments.text("earlier", 64);
    double support = arguments.number("support", 0);
    String like = arguments.text("like", MAX_ID);
    return (later, page, answer) -> {
      LoadedExplorer earlier = name == null ? later : explorers.require(name);
      boolean within = name == null && !periods;
      String filters = within ? "within " + filter : before + " and " + after;
      KeptChanges.Key key = new KeptChanges.Key(earlier, later, filters);
      KeptChanges.Kept known = kept.get(key);
      if (known == null) {
        EmbeddingDataset tiles = later.explorer().embeddings();
        Changes changes =
            within
                ? ChangeSearch.within(tiles, page.filter())
                : ChangeSearch.between(
                    name == null ? tiles : earlier.explorer().embeddings(),
                    earlierTiles,
                    tiles,
                    laterTiles);
        known = new KeptChanges.Kept(changes, TileCatalog.of(tiles.catalog()));
        kept.put(key, known);
      }
      SearchResult result = ofRows(later, known, support, like, page);
      if (answer != null) {
        answer.addProperty("artifacts", known.changes().artifacts());
        answer.addProperty("earlierTag", earlier.tag());
        answer.add("earlier", earlier(known.changes(), result));
      }
      return result;
    };
  }

  /**
   * Ranks changes by the rows of the explorer, which clients know.
   *
   * @param like the later tile of the change to which the others are compared, or null
   */
  private static SearchResult ofRows(
      LoadedExplorer explorer,
      KeptChanges.Kept kept,
      double support,
      @Nullable String like,
      SearchOptions page) {
    Changes changes = kept.changes();
    float[] scores = new float[Math.toIntExact(kept.catalog().size())];
    Arrays.fill(scores, Float.NaN);
    if (like == null) {
      for (int i = 0; i < changes.size(); i++) {
        scores[(int) changes.laterRow(i)] = changes.change(i);
      }
    } else {
      SearchResult alike = changes.like(like, SearchOptions.builder().k(1).scoreField().build());
      Neighbors all = alike.scoreField().orElseThrow();
      for (int i = 0; i < all.size(); i++) {
        scores[(int) changes.laterRow((int) all.ordinal(i))] = all.score(i);
      }
    }
    for (int i = 0; support > 0 && i < changes.size(); i++) {
      if (!(changes.support(i) >= support)) scores[(int) changes.laterRow(i)] = Float.NaN;
    }
    return SearchResult.ofScores(
        like == null ? "change" : "change like " + like,
        explorer.explorer().model().info(),
        kept.catalog(),
        scores,
        page);
  }

  /** Describes the earlier tile of each hit. */
  private static JsonArray earlier(Changes changes, SearchResult result) {
    Map<Long, Integer> hits = new HashMap<>();
    for (Hit hit : result.hits()) hits.put(hit.ordinal(), hits.size());
    JsonObject[] tiles = new JsonObject[hits.size()];
    for (int i = 0; i < changes.size(); i++) {
      Integer at = hits.get(changes.laterRow(i));
      if (at != null) tiles[at] = TileJson.of(changes.earlierRow(i), changes.before(i));
    }
    JsonArray json = new JsonArray();
    for (JsonObject tile : tiles) json.add(tile);
    return json;
  }

  private Analysis outliers(JsonArguments arguments) {
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
  }

  private Analysis clusters(JsonArguments arguments) {
    if (!Clusters.isAvailable()) {
      throw ProblemException.of(501, "this server has no earth-embed-faiss, which finds clusters");
    }
    int count = arguments.integer("clusters", 8, 1, MAX_CLUSTERS);
    return (explorer, page, answer) -> {
      if (answer == null) return explorer.explorer().clusters(count, page.filter()).numbers(page);
      if ((long) count * page.k() > SearchApi.MAX_HITS) {
        throw new IllegalArgumentException(
            "clusters x k is more than " + SearchApi.MAX_HITS + ": " + count + " x " + page.k());
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
  }
}
