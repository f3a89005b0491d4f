package io.earthembed;

import io.earthembed.catalog.TileFilter;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The options of a search. Immutable. Start with {@link #top}, {@link #topPerMille} or {@link
 * #above}, and change settings with the {@code with} methods; hits meet all of them.
 */
public final class SearchOptions {
  private final Settings settings;

  /** The settings; they never change once an object has them. */
  private static final class Settings implements Cloneable {
    int k = Integer.MAX_VALUE;
    int offset;
    float minScore = Float.NEGATIVE_INFINITY;
    double perMille = 1000;
    double minDistance;
    TileFilter filter = TileFilter.ALL;
    boolean scoreField;
    float scoreFieldAbove = Float.NEGATIVE_INFINITY;

    Settings copy() {
      try {
        return (Settings) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }

    void check() {
      if (k < 1) throw new IllegalArgumentException("k must be positive: " + k);
      if (offset < 0) throw new IllegalArgumentException("offset must not be negative: " + offset);
      if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
      if (!(perMille > 0 && perMille <= 1000)) {
        throw new IllegalArgumentException("perMille outside (0, 1000]: " + perMille);
      }
      if (!(minDistance >= 0)) {
        throw new IllegalArgumentException("minDistance must not be negative: " + minDistance);
      }
      if (Float.isNaN(scoreFieldAbove)) {
        throw new IllegalArgumentException("scoreFieldAbove is NaN");
      }
    }
  }

  private SearchOptions(Settings settings) {
    settings.check();
    this.settings = settings;
  }

  private SearchOptions with(Consumer<Settings> change) {
    Settings copy = settings.copy();
    change.accept(copy);
    return new SearchOptions(copy);
  }

  /**
   * Returns options for the k best of all tiles.
   *
   * @param k at least 1
   */
  public static SearchOptions top(int k) {
    return new SearchOptions(new Settings()).withK(k);
  }

  /**
   * Returns options for the best part of the tiles that pass the filter: of n tiles the n x
   * perMille / 1000 best, at least one, and all with the last one's score. For a {@link Query#fuse
   * fusion}, these are the tiles that reach that percentile of the scores, interpolated linearly.
   *
   * @param perMille in (0, 1000]
   */
  public static SearchOptions topPerMille(double perMille) {
    return new SearchOptions(new Settings()).withPerMille(perMille);
  }

  /** Returns options for all tiles that reach a score. */
  public static SearchOptions above(float minScore) {
    return new SearchOptions(new Settings()).withMinScore(minScore);
  }

  /** Returns the largest number of hits (default all). */
  public int k() {
    return settings.k;
  }

  /** Sets the largest number of hits, at least 1. */
  public SearchOptions withK(int k) {
    return with(s -> s.k = k);
  }

  /** Returns how many of the best hits are left out (default 0). */
  public int offset() {
    return settings.offset;
  }

  /**
   * Sets how many of the best hits are left out, 0 or more: {@code top(20).withOffset(40)} is the
   * third page of twenty. Pages neither overlap nor leave a gap, as hits with equal scores keep
   * their order.
   */
  public SearchOptions withOffset(int offset) {
    return with(s -> s.offset = offset);
  }

  /** Returns the least score of a hit (default {@link Float#NEGATIVE_INFINITY}). */
  public float minScore() {
    return settings.minScore;
  }

  /** Sets the least score of a hit; not NaN. */
  public SearchOptions withMinScore(float minScore) {
    return with(s -> s.minScore = minScore);
  }

  /** Returns how many per mille of the filtered tiles, the best, may be hits (default 1000). */
  public double perMille() {
    return settings.perMille;
  }

  /**
   * Sets how many per mille of the filtered tiles may be hits, in (0, 1000]; see {@link
   * #topPerMille}.
   */
  public SearchOptions withPerMille(double perMille) {
    return with(s -> s.perMille = perMille);
  }

  /** Returns the least great-circle distance between any two hits, in metres (default 0). */
  public double minDistance() {
    return settings.minDistance;
  }

  /**
   * Sets the least great-circle distance between the centres of any two hits. From the best on, a
   * tile that is nearer than this to an earlier hit is skipped.
   *
   * @param minDistance in metres, 0 or more
   */
  public SearchOptions withMinDistance(double minDistance) {
    return with(s -> s.minDistance = minDistance);
  }

  /** Returns the filter, which the search applies inside the index (default all tiles). */
  public TileFilter filter() {
    return settings.filter;
  }

  /** Adds a filter: hits must pass it and all earlier ones. */
  public SearchOptions withFilter(TileFilter filter) {
    Objects.requireNonNull(filter, "filter");
    return with(s -> s.filter = s.filter.and(filter));
  }

  /** Returns whether the result also has the scores of other tiles (default false). */
  public boolean scoreField() {
    return settings.scoreField;
  }

  /** Returns the least score in the score field (default any). */
  public float scoreFieldAbove() {
    return settings.scoreFieldAbove;
  }

  /** Asks for the score of every tile that passes the filter, for example for a map. */
  public SearchOptions withScoreField() {
    return withScoreField(Float.NEGATIVE_INFINITY);
  }

  /** Asks for the score of every tile that passes the filter and reaches a score; not NaN. */
  public SearchOptions withScoreField(float above) {
    return with(
        s -> {
          s.scoreField = true;
          s.scoreFieldAbove = above;
        });
  }

  @Override
  public String toString() {
    return "SearchOptions[k="
        + k()
        + ", offset="
        + offset()
        + ", minScore="
        + minScore()
        + ", perMille="
        + perMille()
        + ", minDistance="
        + minDistance()
        + ", scoreField="
        + scoreField()
        + "]";
  }
}
