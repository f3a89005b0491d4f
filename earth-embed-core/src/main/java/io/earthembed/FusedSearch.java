package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Completes searches by known scores: fuses the scores of a fusion's parts, and ranks tiles. */
final class FusedSearch {
  private FusedSearch() {}

  /**
   * Returns the result.
   *
   * @param assumptions what the encoders assumed of the query's pictures
   * @param ordinals tiles of the catalog that have scores, ascending
   * @param scores for each part, the scores of these tiles
   */
  static SearchResult search(
      Query.Fusion fusion,
      List<ModelInfo> models,
      List<String> assumptions,
      TileCatalog catalog,
      long[] ordinals,
      List<float[]> scores,
      SearchOptions options,
      Duration encode,
      Duration search) {
    long start = System.nanoTime();
    // All tiles set the scale, so a tile's score does not depend on the filter.
    ScoreFusion fused = ScoreFusion.of(fusion, scores);
    Duration scaled = Duration.ofNanos(System.nanoTime() - start);
    return rank(
        fusion,
        models,
        assumptions,
        catalog,
        ordinals,
        fused.scores(),
        options,
        encode,
        search.plus(scaled),
        ordinal -> explain(fused, fusion, ordinals, ordinal));
  }

  /**
   * Filters and ranks known scores.
   *
   * @param ordinals tiles of the catalog that have scores, ascending
   * @param scores the scores of these tiles
   */
  static SearchResult rank(
      Query query,
      List<ModelInfo> models,
      List<String> assumptions,
      TileCatalog catalog,
      long[] ordinals,
      float[] scores,
      SearchOptions options,
      Duration encode,
      Duration search,
      SearchResult.Explainer explainer) {
    long start = System.nanoTime();
    OrdinalSet filter = catalog.select(options.filter());
    OrdinalSet undated = catalog.undated(options.filter());
    long filtered = System.nanoTime();
    int n = 0;
    int leftOut = 0;
    long[] passing = new long[ordinals.length];
    float[] values = new float[ordinals.length];
    for (int i = 0; i < ordinals.length; i++) {
      if (undated.contains(ordinals[i])) leftOut++;
      if (!filter.contains(ordinals[i])) continue;
      passing[n] = ordinals[i];
      values[n++] = scores[i];
    }
    Ranking.OfScores ranking =
        Ranking.OfScores.sorted(Arrays.copyOf(passing, n), Arrays.copyOf(values, n));
    Ranker.Page page = Ranker.page(ranking, Ranker.need(options, n), options, catalog);
    long ranked = System.nanoTime();
    return new SearchResult(
        query,
        models,
        assumptions,
        catalog,
        null,
        page,
        options.offset(),
        n,
        leftOut,
        field(ranking, options),
        0,
        new SearchResult.Timings(
            encode,
            Duration.ofNanos(filtered - start),
            search,
            Duration.ofNanos(ranked - filtered)),
        explainer);
  }

  private static Explanation explain(
      ScoreFusion fused, Query.Fusion fusion, long[] ordinals, long ordinal) {
    int at = Arrays.binarySearch(ordinals, ordinal);
    if (at < 0) throw new IllegalArgumentException("no score of tile " + ordinal);
    return fused.explain(fusion, at);
  }

  private static @Nullable Neighbors field(Ranking.OfScores ranking, SearchOptions options) {
    if (!options.scoreField()) return null;
    Neighbors all = ranking.best(0);
    int n = 0;
    while (n < all.size() && all.score(n) >= options.scoreFieldAbove()) n++;
    return all.top(n);
  }
}
