package io.earthembed;

import io.earthembed.catalog.FilteringIndex;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.ScoreField;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one search: evaluates the filter, asks the index for as many vectors as the page needs,
 * ranks them and measures each step. All queries of a batch share the filter and the first search
 * of the index. Used by one thread.
 */
final class RankedSearch {
  private static final Neighbors NOTHING = new Neighbors(new long[0], new float[0]);

  private final EmbeddingIndex index;
  private final TileCatalog catalog;
  private final SearchOptions options;
  private final OrdinalSet filter;
  private final long passing;
  private final long undated;
  private final int need;

  private final long filterNanos;
  private long searchNanos;
  private long rankNanos;

  /**
   * Hits of one query.
   *
   * @param scoreField scores for a map, or null if the options ask for none
   * @param scoreFieldError the most by which one of them is off
   */
  record Found(Ranker.Page page, @Nullable Neighbors scoreField, float scoreFieldError) {}

  /** Evaluates the filter. */
  RankedSearch(EmbeddingIndex index, TileCatalog catalog, SearchOptions options) {
    long start = System.nanoTime();
    this.index = index;
    this.catalog = catalog;
    this.options = options;
    this.filter = known(index, catalog, catalog.select(options.filter()));
    this.passing = filter.count(catalog.size());
    this.undated = catalog.undated(options.filter()).count(catalog.size());
    this.need = Ranker.need(options, passing);
    this.filterNanos = System.nanoTime() - start;
  }

  /**
   * Leaves out vectors that were added to the index after the explorer was opened: they belong to
   * no tile.
   */
  private static OrdinalSet known(EmbeddingIndex index, TileCatalog catalog, OrdinalSet filter) {
    if (!filter.isAll() || index.ordinalEnd() == catalog.size()) return filter;
    return OrdinalSet.ofBitmap(filter.toBitmap(catalog.size()));
  }

  /** Returns the score of every tile, by ordinal. */
  static float[] scores(EmbeddingIndex index, TileCatalog catalog, float[] query) {
    OrdinalSet all = known(index, catalog, OrdinalSet.all());
    Neighbors field = index.searchAbove(query, Float.NEGATIVE_INFINITY, all);
    float[] scores = new float[Math.toIntExact(catalog.size())];
    for (int i = 0; i < field.size(); i++) scores[(int) field.ordinal(i)] = field.score(i);
    return scores;
  }

  /** Returns how many tiles pass the filter. */
  long passing() {
    return passing;
  }

  /** Returns how many tiles fail the filter only because their time is unknown. */
  long undated() {
    return undated;
  }

  /** Returns each query's hits, in order. */
  List<Found> run(List<float[]> queries) {
    long start = System.nanoTime();
    List<Found> found = new ArrayList<>();
    // An index that filters by itself need not hold every tile's score.
    if (options.scoreFieldEstimated() && !(index instanceof FilteringIndex)) {
      for (float[] query : queries) found.add(estimated(query));
    } else {
      List<OfIndex> rankings = options.scoreField() ? fields(queries) : lists(queries);
      for (OfIndex ranking : rankings) {
        Neighbors field = options.scoreField() ? ranking.known : null;
        found.add(new Found(Ranker.page(ranking, need, options, catalog), field, 0));
      }
    }
    rankNanos = System.nanoTime() - start - searchNanos;
    return found;
  }

  /** Ranks exactly, beside a field of estimates; exact scores serve both. */
  private Found estimated(float[] query) {
    ScoreField scores = timed(() -> index.scoreField(query));
    Neighbors field = field(scores.scores());
    boolean exact = scores.maxError() == 0;
    boolean complete = options.scoreFieldAbove() == Float.NEGATIVE_INFINITY;
    OfIndex ranking = exact ? new OfIndex(query, field, complete) : lists(List.of(query)).get(0);
    return new Found(Ranker.page(ranking, need, options, catalog), field, scores.maxError());
  }

  /** Returns the scores that pass the filter and reach the floor, best first. */
  private Neighbors field(float[] scores) {
    int n = 0;
    long[] ordinals = new long[scores.length];
    float[] values = new float[scores.length];
    for (int i = 0; i < scores.length; i++) {
      if (!(scores[i] > Float.NEGATIVE_INFINITY && scores[i] >= options.scoreFieldAbove()))
        continue;
      if (!filter.contains(i)) continue;
      ordinals[n] = i;
      values[n++] = scores[i];
    }
    return Ranking.OfScores.sorted(Arrays.copyOf(ordinals, n), Arrays.copyOf(values, n)).best(0);
  }

  /** Scores all vectors once per query, for both the ranked list and the map. */
  private List<OfIndex> fields(List<float[]> queries) {
    float floor = options.scoreFieldAbove();
    List<OfIndex> rankings = new ArrayList<>();
    for (float[] query : queries) {
      Neighbors field = timed(() -> above(query, floor));
      rankings.add(new OfIndex(query, field, floor == Float.NEGATIVE_INFINITY));
    }
    return rankings;
  }

  /** Searches once for all queries, for as many of the best as a page needs. */
  private List<OfIndex> lists(List<float[]> queries) {
    List<OfIndex> rankings = new ArrayList<>();
    if (need == Integer.MAX_VALUE) {
      for (float[] query : queries) rankings.add(new OfIndex(query, NOTHING, false));
      return rankings;
    }
    List<Neighbors> best = timed(() -> best(queries));
    for (int q = 0; q < queries.size(); q++) {
      rankings.add(new OfIndex(queries.get(q), best.get(q), best.get(q).size() < need));
    }
    return rankings;
  }

  private List<Neighbors> best(List<float[]> queries) {
    if (queries.size() == 1) return List.of(best(queries.get(0), need));
    Vectors all = Vectors.allocate(queries.size(), index.dimension());
    for (int q = 0; q < queries.size(); q++) all.set(q, queries.get(q));
    return index instanceof FilteringIndex filtering
        ? filtering.search(all, need, options.filter(), filter)
        : index.search(all, need, filter);
  }

  private Neighbors best(float[] query, int n) {
    return index instanceof FilteringIndex filtering
        ? filtering.search(Vectors.of(query), n, options.filter(), filter).get(0)
        : index.search(query, n, filter);
  }

  private Neighbors above(float[] query, float floor) {
    return index instanceof FilteringIndex filtering
        ? filtering.searchAbove(query, floor, options.filter(), filter)
        : index.searchAbove(query, floor, filter);
  }

  private <T> T timed(Supplier<T> call) {
    long start = System.nanoTime();
    T result = call.get();
    searchNanos += System.nanoTime() - start;
    return result;
  }

  /** Returns how long the steps took; valid after {@link #run}. */
  SearchResult.Timings timings(Duration encode) {
    return new SearchResult.Timings(
        encode,
        Duration.ofNanos(filterNanos),
        Duration.ofNanos(searchNanos),
        Duration.ofNanos(rankNanos));
  }

  /** The ranking of one query, which asks the index again if the page needs more. */
  private final class OfIndex implements Ranking {
    private final float[] query;
    private Neighbors known;
    private boolean complete;

    /**
     * Starts with the known vectors.
     *
     * @param known the best, as far as they are known
     * @param complete whether no others pass
     */
    OfIndex(float[] query, Neighbors known, boolean complete) {
      this.query = query;
      this.known = known;
      this.complete = complete;
    }

    @Override
    public long passing() {
      return passing;
    }

    @Override
    public Neighbors best(int n) {
      if (!complete && known.size() < n) {
        known = timed(() -> RankedSearch.this.best(query, n));
        complete = known.size() < n;
      }
      return known;
    }

    @Override
    public Neighbors above(double score) {
      boolean reached = known.size() > 0 && known.score(known.size() - 1) < score;
      if (!complete && !reached) {
        // The float at or below the score, so no hit is lost.
        float rounded = (float) score;
        float floor = rounded > score ? Math.nextDown(rounded) : rounded;
        known = timed(() -> RankedSearch.this.above(query, floor));
        complete = floor == Float.NEGATIVE_INFINITY;
      }
      return known;
    }
  }
}
