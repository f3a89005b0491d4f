package io.earthembed;

import java.util.List;
import java.util.Locale;

/**
 * What a score is made of.
 *
 * @param shares one for each part of the query, in order
 * @param rest what does not come from any part: 0 for inner products and fusions; for squared
 *     distances minus the squared lengths of query and tile
 */
public record Explanation(List<Share> shares, double rest) {
  /** Copies its arguments. */
  public Explanation {
    shares = List.copyOf(shares);
  }

  /** The score: the sum of all. */
  public double score() {
    return shares.stream().mapToDouble(Share::contribution).sum() + rest;
  }

  /** One line for each part, one for the rest where there is one, and the sum. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    for (Share share : shares) lines.append(share).append('\n');
    if (rest != 0) {
      lines.append(String.format(Locale.ROOT, "%+.4f from no part: the rest\n", rest));
    }
    return lines.append(String.format(Locale.ROOT, "= %.4f", score())).toString();
  }

  /**
   * A part's share of a score.
   *
   * @param query the part
   * @param weight its weight in the query
   * @param similarity the tile's similarity to the part alone: the inner product with its vector,
   *     which is brought to length 1 if the query is a sum or the index ranks by cosine; in a
   *     fusion the part's score brought to [0, 1]
   * @param contribution what it adds to the score; negative where it takes away
   */
  public record Share(Query query, double weight, double similarity, double contribution) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%+.4f from %s (similarity %.4f, weight %.2f)",
          contribution,
          query.describe(),
          similarity,
          weight);
    }
  }
}
