package io.earthembed;

import java.util.List;
import java.util.Locale;

/**
 * The parts of a score.
 *
 * @param shares one per part of the query, in order
 * @param rest the remainder of the score: 0 for inner products and fusions; for squared distances
 *     minus the squared lengths of query and tile
 */
public record Explanation(List<Share> shares, double rest) {
  /** Copies its arguments. */
  public Explanation {
    shares = List.copyOf(shares);
  }

  /** Returns the score: the sum of all contributions and the rest. */
  public double score() {
    return shares.stream().mapToDouble(Share::contribution).sum() + rest;
  }

  /** Returns a line for each part, a line for the rest unless it is 0, and the sum. */
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
   *     which is normalised if the query is a sum or the index ranks by cosine; in a fusion the
   *     part's score scaled to [0, 1]
   * @param contribution its addition to the score; may be negative
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
