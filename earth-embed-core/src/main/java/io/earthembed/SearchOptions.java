package io.earthembed;

import io.earthembed.catalog.TileFilter;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import java.util.Objects;

/**
 * Options of a search. A hit must meet all of them. {@link #top}, {@link #topFraction} and {@link
 * #above} return options with one setting, a {@link Builder} sets several, and {@link #toBuilder}
 * changes some. Immutable and safe for many threads.
 */
public final class SearchOptions {
  private final Values values;

  private static final class Values extends Settings<Values> {
    int k = Integer.MAX_VALUE;
    int offset;
    float minScore = Float.NEGATIVE_INFINITY;
    double fraction = 1;
    double minDistance;
    TileFilter filter = TileFilter.ALL;
    boolean scoreField;
    float scoreFieldAbove = Float.NEGATIVE_INFINITY;
    boolean scoreFieldEstimated;
  }

  private SearchOptions(Values values) {
    this.values = values;
  }

  /** Returns a builder whose options find all tiles. */
  public static Builder builder() {
    return new Builder(new Values());
  }

  /**
   * Returns options for the k best of all tiles.
   *
   * @param k at least 1
   */
  public static SearchOptions top(int k) {
    return builder().k(k).build();
  }

  /**
   * Returns options for the best fraction of all tiles, see {@link Builder#fraction}.
   *
   * @param fraction in (0, 1]
   */
  public static SearchOptions topFraction(double fraction) {
    return builder().fraction(fraction).build();
  }

  /**
   * Returns options for all tiles that reach a score.
   *
   * @param minScore least score of a hit, not NaN
   */
  public static SearchOptions above(float minScore) {
    return builder().minScore(minScore).build();
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /** Returns the largest number of hits. */
  public int k() {
    return values.k;
  }

  /** Returns how many of the best hits are left out. */
  public int offset() {
    return values.offset;
  }

  /** Returns the least score of a hit. */
  public float minScore() {
    return values.minScore;
  }

  /** Returns the fraction of the tiles that may be hits, in (0, 1]. */
  public double fraction() {
    return values.fraction;
  }

  /** Returns the least great-circle distance between any two hits, in metres. */
  public double minDistance() {
    return values.minDistance;
  }

  /** Returns the filter that all hits pass. */
  public TileFilter filter() {
    return values.filter;
  }

  /** Returns true if the result also carries the scores of other tiles. */
  public boolean scoreField() {
    return values.scoreField;
  }

  /** Returns the least score that the score field carries. */
  public float scoreFieldAbove() {
    return values.scoreFieldAbove;
  }

  /** Returns true if the scores of the field may be estimates. */
  public boolean scoreFieldEstimated() {
    return values.scoreFieldEstimated;
  }

  @Override
  public String toString() {
    return "SearchOptions[k="
        + k()
        + ", offset="
        + offset()
        + ", minScore="
        + minScore()
        + ", fraction="
        + fraction()
        + ", minDistance="
        + minDistance()
        + ", scoreField="
        + scoreField()
        + "]";
  }

  /** Builds options. Not safe for several threads at once. */
  public static final class Builder {
    private final Values values;

    private Builder(Values values) {
      this.values = values;
    }

    /** Sets the largest number of hits, at least 1 (default all). */
    public Builder k(int k) {
      Checks.positive("k", k);
      values.k = k;
      return this;
    }

    /**
     * Sets how many of the best hits are left out, 0 or more (default 0). With k 20 and offset 40
     * the hits are the third page of twenty. Pages neither overlap nor leave gaps, because hits of
     * equal scores keep their order.
     */
    public Builder offset(int offset) {
      Checks.notNegative("offset", offset);
      values.offset = offset;
      return this;
    }

    /** Sets the least score of a hit, not NaN (default {@link Float#NEGATIVE_INFINITY}). */
    public Builder minScore(float minScore) {
      Checks.notNan("minScore", minScore);
      values.minScore = minScore;
      return this;
    }

    /**
     * Sets the fraction of the tiles that may be hits (default 1, all). Of n tiles that pass the
     * filter, these are the n x fraction best, rounded down but at least one, and all that have the
     * last one's score. For a {@link Query#fuse fusion}, they are the tiles that reach that
     * percentile of the scores, interpolated linearly.
     *
     * @param fraction in (0, 1]
     */
    public Builder fraction(double fraction) {
      if (!(fraction > 0 && fraction <= 1)) {
        throw new IllegalArgumentException("fraction outside (0, 1]: " + fraction);
      }
      values.fraction = fraction;
      return this;
    }

    /**
     * Sets the least great-circle distance between the centres of any two hits (default 0). From
     * the best on, the search skips each tile that is nearer than this to a hit.
     *
     * @param minDistance in metres, 0 or more
     */
    public Builder minDistance(double minDistance) {
      Checks.notNegative("minDistance", minDistance);
      values.minDistance = minDistance;
      return this;
    }

    /**
     * Adds a filter, which the search applies to the tiles before it ranks them (default none).
     * Hits pass this filter and those that were added before.
     */
    public Builder filter(TileFilter filter) {
      Objects.requireNonNull(filter, "filter");
      values.filter = values.filter.and(filter);
      return this;
    }

    /**
     * Asks for the score of every tile that passes the filter, for a map, in the same search
     * (default not).
     */
    public Builder scoreField() {
      return scoreField(Float.NEGATIVE_INFINITY);
    }

    /**
     * Asks for the score of every tile that passes the filter and reaches a score (default not).
     *
     * @param above least score of the field, not NaN
     */
    public Builder scoreField(float above) {
      Checks.notNan("scoreFieldAbove", above);
      values.scoreField = true;
      values.scoreFieldAbove = above;
      values.scoreFieldEstimated = false;
      return this;
    }

    /**
     * Asks for the score field as {@link #scoreField(float)} does, and lets the index estimate it
     * (default not). {@link SearchResult#scoreFieldError} bounds how far an estimate is off, which
     * a map does not show. The hits stay exact, with their exact scores. An index that estimates
     * nothing returns exact scores: those of {@code FaissIndex} are estimates if it keeps a
     * quantized copy.
     *
     * @param above least estimated score of the field, not NaN
     */
    public Builder estimatedScoreField(float above) {
      scoreField(above);
      values.scoreFieldEstimated = true;
      return this;
    }

    /** Returns the options. */
    public SearchOptions build() {
      return new SearchOptions(values.copy());
    }
  }
}
