package io.earthembed;

import io.earthembed.catalog.TileFilter;
import java.util.Objects;

/**
 * How to search. Immutable; start with {@link #top}, {@link #topPerMille} or {@link #above}, and
 * narrow it with the others, which all hold together.
 *
 * @param k how many hits at the most, at least 1
 * @param skip how many hits to leave out before the first, 0 or more: the pages before this one
 * @param minScore the least score of a hit; {@link Float#NEGATIVE_INFINITY} for any
 * @param perMille which part of the tiles that pass the filter may be hits, the best, in (0, 1000]
 * @param minDistance the least great-circle distance between any two hits, metres, 0 for any
 * @param filter which tiles may be hits, applied inside the search
 * @param scoreField whether the result also carries the scores of tiles that are no hits, for a map
 * @param scoreFieldAbove the least score that it carries
 */
public record SearchOptions(
    int k,
    int skip,
    float minScore,
    double perMille,
    double minDistance,
    TileFilter filter,
    boolean scoreField,
    float scoreFieldAbove) {
  /** Checks its arguments. */
  public SearchOptions {
    Objects.requireNonNull(filter, "filter");
    if (k < 1) throw new IllegalArgumentException("k must be positive: " + k);
    if (skip < 0) throw new IllegalArgumentException("skip must not be negative: " + skip);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    if (!(perMille > 0 && perMille <= 1000)) {
      throw new IllegalArgumentException("perMille outside (0, 1000]: " + perMille);
    }
    if (!(minDistance >= 0)) {
      throw new IllegalArgumentException("minDistance must not be negative: " + minDistance);
    }
    if (Float.isNaN(scoreFieldAbove)) throw new IllegalArgumentException("scoreFieldAbove is NaN");
  }

  /** The k best of all tiles. */
  public static SearchOptions top(int k) {
    return new SearchOptions(
        k, 0, Float.NEGATIVE_INFINITY, 1000, 0, TileFilter.ALL, false, Float.NEGATIVE_INFINITY);
  }

  /**
   * The best part of all tiles, or of those that pass a filter: of n the n x perMille / 1000 best,
   * at least one, and all that have the last one's score. (For a {@link Query#fuse fusion}, what
   * reaches the percentile that leaves so many above it, between two scores by straight line.)
   *
   * @param perMille in (0, 1000]
   */
  public static SearchOptions topPerMille(double perMille) {
    SearchOptions all = top(Integer.MAX_VALUE);
    return new SearchOptions(
        all.k, 0, all.minScore, perMille, 0, all.filter, false, all.scoreFieldAbove);
  }

  /** All tiles that reach a score. */
  public static SearchOptions above(float minScore) {
    return top(Integer.MAX_VALUE).withMinScore(minScore);
  }

  /** The same, with so many hits at the most. */
  public SearchOptions withTop(int hits) {
    return new SearchOptions(
        hits, skip, minScore, perMille, minDistance, filter, scoreField, scoreFieldAbove);
  }

  /**
   * The same, without the first hits: {@code top(20).from(40)} is the third page of twenty. Pages
   * neither overlap nor leave a gap, as hits with equal scores keep their order.
   *
   * @param hits how many to leave out
   */
  public SearchOptions from(int hits) {
    return new SearchOptions(
        k, hits, minScore, perMille, minDistance, filter, scoreField, scoreFieldAbove);
  }

  /** The same, among tiles that pass a filter as well as any set before. */
  public SearchOptions where(TileFilter other) {
    return new SearchOptions(
        k, skip, minScore, perMille, minDistance, filter.and(other), scoreField, scoreFieldAbove);
  }

  /** The same, with hits of at least this score only. */
  public SearchOptions withMinScore(float score) {
    return new SearchOptions(
        k, skip, score, perMille, minDistance, filter, scoreField, scoreFieldAbove);
  }

  /**
   * The same, with hits that lie apart: from the best on, each tile that is nearer than this to a
   * hit is passed over.
   *
   * @param metres by great circle, between the tiles' centres
   */
  public SearchOptions withMinDistance(double metres) {
    return new SearchOptions(
        k, skip, minScore, perMille, metres, filter, scoreField, scoreFieldAbove);
  }

  /** The same, with the score of every tile that passes the filter, in the same one search. */
  public SearchOptions withScoreField() {
    return withScoreField(Float.NEGATIVE_INFINITY);
  }

  /** The same, with the score of every tile that passes the filter and reaches a score. */
  public SearchOptions withScoreField(float above) {
    return new SearchOptions(k, skip, minScore, perMille, minDistance, filter, true, above);
  }
}
