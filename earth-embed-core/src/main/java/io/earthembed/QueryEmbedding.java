package io.earthembed;

import io.earthembed.vector.Metric;
import java.util.ArrayList;
import java.util.List;

/**
 * A query's vector and its parts: it is the sum of the parts' vectors, each multiplied by its
 * factor.
 *
 * @param vector the vector to search for
 * @param parts the query's parts
 * @param vectors one per part
 * @param factors one per part
 */
record QueryEmbedding(
    float[] vector, List<Query.Part> parts, List<float[]> vectors, double[] factors) {
  static QueryEmbedding of(Query query, float[] vector) {
    return new QueryEmbedding(
        vector, List.of(query.weighted(1)), List.of(vector), new double[] {1});
  }

  /** Returns the normalised sum of parts. */
  static QueryEmbedding sum(List<Query.Part> parts, List<float[]> vectors) {
    int dimension = vectors.get(0).length;
    double[] factors = new double[parts.size()];
    double[] sum = new double[dimension];
    double size = 0;
    for (int p = 0; p < factors.length; p++) {
      double length = length(vectors.get(p));
      if (length == 0)
        throw new IllegalArgumentException(
            "the vector of " + parts.get(p).query().describe() + " is zero");
      factors[p] = parts.get(p).weight() / length;
      size += Math.abs(parts.get(p).weight());
      for (int i = 0; i < dimension; i++) sum[i] += factors[p] * vectors.get(p)[i];
    }
    double square = 0;
    for (double v : sum) square += v * v;
    double length = Math.sqrt(square);
    // The difference of equal vectors is only rounding, with a random direction.
    if (length <= 1e-6 * size) {
      String query = new Query.Sum(parts).describe();
      throw new IllegalArgumentException("the parts of the query cancel one another: " + query);
    }
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) vector[i] = (float) (sum[i] / length);
    for (int p = 0; p < factors.length; p++) factors[p] /= length;
    return new QueryEmbedding(vector, parts, vectors, factors);
  }

  private static double length(float[] vector) {
    double square = 0;
    for (float v : vector) square += (double) v * v;
    return Math.sqrt(square);
  }

  /** Returns each part's contribution to the score of a tile. */
  Explanation explain(float[] tile, Metric metric) {
    boolean inner = metric != Metric.L2;
    double whole = length(vector);
    // The index normalises the query itself; the cosine with a zero vector is 0.
    double scale = metric != Metric.COSINE || whole == 0 ? 1 : 1 / whole;
    List<Explanation.Share> shares = new ArrayList<>();
    for (int p = 0; p < parts.size(); p++) {
      double product = 0;
      for (int i = 0; i < tile.length; i++) product += (double) vectors.get(p)[i] * tile[i];
      // In sums and cosines only the direction of a part counts.
      double length = parts.size() > 1 || metric == Metric.COSINE ? length(vectors.get(p)) : 1;
      shares.add(
          new Explanation.Share(
              parts.get(p).query(),
              parts.get(p).weight(),
              length == 0 ? 0 : product / length,
              (inner ? scale : 2) * factors[p] * product));
    }
    // -|q - x|^2 = 2 q x - |q|^2 - |x|^2
    double rest = inner ? 0 : -Math.pow(whole, 2) - Math.pow(length(tile), 2);
    return new Explanation(shares, rest);
  }
}
