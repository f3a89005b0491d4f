package io.earthembed.web;

import com.google.gson.JsonObject;
import io.earthembed.SearchOptions;
import io.earthembed.base.file.Sha256;
import io.earthembed.catalog.TileFilter;
import java.util.List;

/**
 * A client's request for a search.
 *
 * @param explorers names; empty for all
 * @param query the query
 * @param filter which tiles may be hits
 * @param options all other options, with neither filter nor score field
 * @param field whether the score of every tile is wanted
 * @param tiles of an export: the ids to take; empty for the hits
 * @param key a text that is equal for requests whose score fields are equal
 */
record SearchRequest(
    List<String> explorers,
    QueryArguments query,
    TileFilter filter,
    SearchOptions options,
    boolean field,
    List<String> tiles,
    String key) {
  /** The most explorers of a request. */
  private static final int MAX_EXPLORERS = 64;

  /** The most ids in a list. */
  private static final int MAX_IDS = 10_000;

  /** The most characters of an id. */
  static final int MAX_ID = 4096;

  /** Copies its lists. */
  SearchRequest {
    explorers = List.copyOf(explorers);
    tiles = List.copyOf(tiles);
  }

  /**
   * Reads a request.
   *
   * @param maxHits the greatest k
   */
  static SearchRequest read(JsonObject body, int maxHits) {
    JsonArguments arguments = JsonArguments.of(body);
    QueryArguments query = QueryArguments.read(arguments);
    TileFilter filter = FilterArguments.read(arguments.object("filter"));
    SearchOptions.Builder options = SearchOptions.builder();
    options.k(arguments.integer("k", 20, 1, maxHits));
    options.offset(arguments.integer("offset", 0, 0, Integer.MAX_VALUE));
    if (arguments.has("minScore")) {
      options.minScore((float) arguments.requiredNumber("minScore"));
      if (!arguments.has("k")) options.k(maxHits);
    }
    if (arguments.has("fraction")) {
      options.fraction(arguments.requiredNumber("fraction"));
      if (!arguments.has("k")) options.k(maxHits);
    }
    options.minDistance(arguments.number("apart", 0));
    SearchRequest request =
        new SearchRequest(
            arguments.texts("explorers", MAX_EXPLORERS, 64),
            query,
            filter,
            options.build(),
            arguments.flag("field", true),
            arguments.texts("tiles", MAX_IDS, MAX_ID),
            key(body));
    arguments.requireNoOthers();
    return request;
  }

  private static String key(JsonObject body) {
    StringBuilder parts = new StringBuilder();
    for (String name : List.of("parts", "combine", "feedback", "filter")) {
      parts.append(name).append(body.get(name));
    }
    return Sha256.of(parts.toString());
  }
}
