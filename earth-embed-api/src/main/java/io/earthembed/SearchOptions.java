package io.earthembed;

import io.earthembed.catalog.TileFilter;
import java.util.Objects;

/**
 * How to search. Immutable; start with {@link #top}.
 *
 * @param k how many hits at the most, at least 1
 * @param minScore the least score of a hit; {@link Float#NEGATIVE_INFINITY} for any
 * @param filter which tiles may be hits, applied inside the search
 * @param scoreField whether the result also carries the score of every tile that passes, for a map
 */
public record SearchOptions(int k, float minScore, TileFilter filter, boolean scoreField) {
  /** Checks its arguments. */
  public SearchOptions {
    Objects.requireNonNull(filter, "filter");
    if (k < 1) throw new IllegalArgumentException("k must be positive: " + k);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
  }

  /** The k best of all tiles. */
  public static SearchOptions top(int k) {
    return new SearchOptions(k, Float.NEGATIVE_INFINITY, TileFilter.ALL, false);
  }

  /** The same, among tiles that pass a filter as well as any set before. */
  public SearchOptions where(TileFilter other) {
    TileFilter both = filter == TileFilter.ALL ? other : filter.and(other);
    return new SearchOptions(k, minScore, both, scoreField);
  }

  /** The same, with hits of at least this score only. */
  public SearchOptions withMinScore(float score) {
    return new SearchOptions(k, score, filter, scoreField);
  }

  /** The same, with the score of every tile that passes, in the same one search. */
  public SearchOptions withScoreField() {
    return new SearchOptions(k, minScore, filter, true);
  }
}
