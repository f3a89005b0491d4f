package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.base.file.Sha256;
import io.earthembed.catalog.TileFilter;
import io.earthembed.vector.Neighbors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Searches explorers and describes the results for clients. Safe for many threads. */
final class Searcher {
  private final ExplorerRegistry explorers;
  private final ImageStore images;
  private final ConcurrencyLimit limit;
  private final KeptData<byte[]> fields;
  private final Comparisons comparisons = new Comparisons();
  private final ServerMetrics metrics;

  Searcher(
      ExplorerRegistry explorers,
      ImageStore images,
      ConcurrencyLimit limit,
      ServerOptions options) {
    this.explorers = explorers;
    this.images = images;
    this.metrics = options.metrics();
    this.limit = limit;
    this.fields =
        new KeptData<>("fields", options.cacheBytes(), Duration.ofDays(1), options.metrics());
  }

  /**
   * Searches the explorers of a request one after the other.
   *
   * @throws ProblemException if none of them can answer
   */
  JsonObject search(SearchRequest request) {
    List<LoadedExplorer> asked = new ArrayList<>();
    for (String name : request.explorers()) asked.add(explorers.require(name));
    if (request.explorers().isEmpty()) asked = explorers.ready();
    if (asked.isEmpty()) throw ProblemException.of(503, "no explorer is loaded");
    JsonArray results = new JsonArray();
    ProblemException problem = null;
    boolean answered = false;
    for (LoadedExplorer explorer : asked) {
      JsonObject result = new JsonObject();
      result.addProperty("explorer", explorer.name());
      try {
        answer(explorer, request, result);
        answered = true;
      } catch (RuntimeException e) {
        ProblemException one = Problems.of(e, "search of " + explorer.name());
        if (one.status() == 429) throw one;
        if (problem == null) problem = one;
        result.add("problem", Problems.json(one));
      }
      results.add(result);
    }
    if (!answered && problem != null) throw problem;
    JsonObject json = new JsonObject();
    json.add("results", results);
    return json;
  }

  /**
   * Searches one explorer for the hits, or for the tiles that the request names.
   *
   * @param request names at most one explorer
   */
  SearchResult searchOne(LoadedExplorer explorer, SearchRequest request) {
    SearchOptions.Builder options = request.options().toBuilder().filter(request.filter());
    if (!request.tiles().isEmpty()) {
      options =
          SearchOptions.builder().filter(TileFilter.ids(request.tiles())).k(request.tiles().size());
    }
    SearchOptions wanted = options.build();
    return compute(() -> search(explorer, request, wanted));
  }

  /** Waits for a turn, and computes a result. */
  SearchResult compute(Supplier<SearchResult> computation) {
    try (ConcurrencyLimit.Turn turn = limit.await()) {
      return computation.get();
    }
  }

  private SearchResult search(
      LoadedExplorer explorer, SearchRequest request, SearchOptions options) {
    Query query = request.query().query(images, explorer, explorers);
    List<LoadedExplorer> answering = request.query().answering(explorer, explorers);
    if (answering.size() > 1 && query instanceof Query.Fusion fusion) {
      try {
        return comparisons.of(answering).search(fusion, options);
      } catch (IllegalStateException e) {
        // The tiles of an explorer may have changed after the explorers were joined.
        LoadedExplorer newest = explorers.require(explorer.name());
        List<LoadedExplorer> changed = request.query().answering(newest, explorers);
        if (changed.equals(answering)) throw e;
        return comparisons.of(changed).search(fusion, options);
      }
    }
    return explorer.explorer().search(query, options);
  }

  private void answer(LoadedExplorer explorer, SearchRequest request, JsonObject json) {
    SearchOptions.Builder options = request.options().toBuilder().filter(request.filter());
    if (request.field()) options.scoreField();
    describe(
        explorer,
        request.key(),
        json,
        () -> {
          SearchResult result = search(explorer, request, options.build());
          json.add("fallbacks", fallbacks(explorer, request, result));
          if (request.query().hasFeedback()) addLearner(explorer, request, result, json);
          return result;
        });
  }

  /** Adds the method that used the feedback, and the tiles to label next if they are wanted. */
  private static void addLearner(
      LoadedExplorer explorer, SearchRequest request, SearchResult result, JsonObject json) {
    if (!(result.query() instanceof Query.Learned learned)) {
      json.addProperty("learner", "rocchio");
      return;
    }
    json.addProperty("learner", "logistic-regression");
    if (request.query().suggestions() == 0) return;
    JsonArray suggestions = new JsonArray();
    for (Hit hit :
        explorer.explorer().suggest(learned, request.query().suggestions(), request.filter())) {
      suggestions.add(TileJson.of(hit));
    }
    json.add("suggestions", suggestions);
  }

  /**
   * Waits for a turn, computes a result of an explorer's tiles and describes it.
   *
   * @param key a text that is equal for requests whose score fields are equal
   * @param json receives the description
   */
  void describe(
      LoadedExplorer explorer, String key, JsonObject json, Supplier<SearchResult> computation) {
    Stages stages = new Stages(explorer.name());
    try (ConcurrencyLimit.Turn turn = limit.await()) {
      stages.add("wait", turn.waited());
      SearchResult result = computation.get();
      stages.add(result.timings());
      LoadedExplorer searched = explorer.at(result.catalog());
      json.addProperty("query", result.query().describe());
      json.addProperty("tilesTag", searched.tag());
      JsonArray hits = new JsonArray();
      for (Hit hit : result.hits()) {
        JsonObject one = TileJson.of(hit);
        if (result.query() instanceof Query.Learned learned) {
          learned
              .probability(hit.score())
              .ifPresent(probability -> one.addProperty("probability", probability));
        }
        hits.add(one);
      }
      json.add("hits", hits);
      json.addProperty("total", result.searched());
      json.addProperty("undated", result.undated());
      addField(searched, key, result, json, stages);
    }
    json.add("stages", stages.json);
  }

  private void addField(
      LoadedExplorer explorer, String key, SearchResult result, JsonObject json, Stages stages) {
    Optional<Neighbors> scores = result.scoreField();
    if (scores.isEmpty()) return;
    long start = System.nanoTime();
    ScoreField field = new ScoreField(scores.get(), explorer.catalog().size());
    String id = Sha256.of(explorer.name() + '\n' + explorer.tag() + '\n' + key).substring(0, 32);
    fields.put(id, field.bytes(), field.bytes().length);
    json.addProperty("field", id);
    json.add("histogram", field.histogram());
    stages.add("field", Duration.ofNanos(System.nanoTime() - start));
  }

  private JsonArray fallbacks(LoadedExplorer explorer, SearchRequest request, SearchResult result) {
    JsonArray words = new JsonArray();
    if (request.query().needsNearestTile(explorer, explorers)) {
      words.add("The model has no location encoder: the tile nearest to the place was the query.");
    }
    for (String assumption : result.assumptions()) words.add("The picture's " + assumption + ".");
    return words;
  }

  /** Returns a kept score field, or null. */
  byte @Nullable [] field(String id) {
    return fields.get(id);
  }

  /** The durations of a search's stages. */
  private final class Stages {
    private final String explorer;
    private final JsonArray json = new JsonArray();

    Stages(String explorer) {
      this.explorer = explorer;
    }

    void add(SearchResult.Timings timings) {
      add("encode", timings.encode());
      add("filter", timings.filter());
      add("search", timings.search());
      add("rank", timings.rank());
    }

    void add(String name, Duration time) {
      JsonObject stage = new JsonObject();
      stage.addProperty("name", name);
      stage.addProperty("ms", Math.rint(time.toNanos() / 1e3) / 1e3);
      json.add(stage);
      metrics.stage(explorer, name, time);
    }
  }
}
