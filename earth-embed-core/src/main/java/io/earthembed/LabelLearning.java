package io.earthembed;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.internal.PlainText;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Learns queries from labels, by logistic regression or, if labels are few, by Rocchio, and selects
 * the tiles to label next.
 */
record LabelLearning(EmbeddingModel model, EmbeddingIndex index, TileCatalog catalog) {
  /** With fewer good examples, Rocchio is used. */
  static final int LEAST_GOOD = 3;

  /**
   * The number of unlabeled tiles that count as weak bad examples. Together they weigh as much as
   * the good or the bad examples, whichever are more.
   */
  private static final int UNLABELED = 200;

  /**
   * LIBLINEAR's C, the inverse of the regularization's weight. It was chosen on EuroSAT's ten
   * classes with embeddings of length 1; docs/benchmarks/learning.md has the figures.
   */
  private static final double C = 20;

  /** Per suggestion, this many tiles nearest to the boundary are candidates. */
  private static final int CANDIDATES = 8;

  private static final long SEED = 20261130;

  static {
    Linear.disableDebugOutput(); // it would print to the standard output
  }

  /**
   * Learns a query.
   *
   * @param original the query that the examples refine, which only Rocchio uses; null for none
   */
  Query.Learned learn(
      @Nullable Query original, List<? extends Query> good, List<? extends Query> bad) {
    if (good.isEmpty()) throw new IllegalArgumentException("no example is good");
    for (Query example : good) {
      if (bad.contains(example)) {
        throw new IllegalArgumentException(
            "both good and bad: " + PlainText.line(example.describe()));
      }
    }
    boolean logistic = good.size() >= LEAST_GOOD;
    List<Query> queries = new ArrayList<>(good);
    queries.addAll(bad);
    if (!logistic) {
      queries.add(
          original == null
              ? good.get(0).refine(Query.Rocchio.EXAMPLES_ONLY, good, bad)
              : original.refine(good, bad));
    }
    List<float[]> vectors = new ArrayList<>();
    for (QueryEmbedding one : QueryEncoder.encode(queries, model, index, catalog)) {
      vectors.add(prepared(one.vector()));
    }
    List<float[]> wanted = vectors.subList(0, good.size());
    List<float[]> others = vectors.subList(good.size(), good.size() + bad.size());
    Boundary boundary =
        logistic
            ? regression(wanted, withUnlabeled(others, tiles(queries), good.size()))
            : middle(
                vectors.get(queries.size() - 1),
                wanted,
                bad.isEmpty() ? unlabeled(tiles(good)) : others);
    // Squared distances between vectors of length 1: -|q - x|^2 = 2 q x - 2
    boolean distance = index.metric() == Metric.L2;
    return new Query.Learned(
        boundary.normal,
        model.info(),
        logistic ? Query.Learner.LOGISTIC_REGRESSION : Query.Learner.ROCCHIO,
        List.copyOf(good),
        List.copyOf(bad),
        distance ? 2 * boundary.offset - 2 : boundary.offset,
        distance ? boundary.slope / 2 : boundary.slope);
  }

  /**
   * A decision boundary: the vectors whose inner product with the normal equals the offset.
   *
   * @param normal length 1
   * @param slope the change of the log-odds per unit of the product, or NaN
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Boundary(float[] normal, double offset, double slope) {}

  /**
   * Adds unlabeled tiles to the bad examples, which are repeated as LIBLINEAR has no weights of
   * single examples.
   */
  private List<float[]> withUnlabeled(List<float[]> bad, Set<Long> labeled, int good) {
    List<float[]> all = unlabeled(labeled);
    if (all.isEmpty()) return bad;
    long copies = Math.max(1, Math.round(all.size() / (double) Math.max(good, bad.size())));
    for (long i = 0; i < copies; i++) all.addAll(bad);
    return all;
  }

  /**
   * Trains L2-regularized logistic regression. The bad examples weigh as much as the good ones; the
   * intercept is not regularized.
   */
  private static Boundary regression(List<float[]> good, List<float[]> bad) {
    int dimension = good.get(0).length;
    double size = 0;
    for (float[] x : good) size += length(x) / good.size();
    if (bad.isEmpty()) {
      throw new IllegalArgumentException("no example is bad, and every tile is labeled");
    }
    Problem problem = new Problem();
    problem.l = good.size() + bad.size();
    problem.n = dimension + 1;
    problem.bias = 1;
    problem.x = new Feature[problem.l][];
    problem.y = new double[problem.l];
    for (int i = 0; i < problem.l; i++) {
      boolean isGood = i < good.size();
      problem.x[i] = features(isGood ? good.get(i) : bad.get(i - good.size()), 1 / size);
      problem.y[i] = isGood ? 1 : -1;
    }
    Parameter parameter = new Parameter(SolverType.L2R_LR, C, 1e-3);
    parameter.setRegularizeBias(false);
    parameter.setWeights(new double[] {1, good.size() / (double) bad.size()}, new int[] {1, -1});
    Model trained = Linear.train(problem, parameter);
    double[] weights = trained.getFeatureWeights(); // of the first instance's class, which is good
    float[] normal = new float[dimension];
    double square = 0;
    for (int i = 0; i < dimension; i++) square += weights[i] * weights[i];
    double length = Math.sqrt(square);
    if (!(length > 1e-9)) {
      throw new IllegalArgumentException("the good and the bad examples have equal embeddings");
    }
    for (int i = 0; i < dimension; i++) normal[i] = (float) (weights[i] / length);
    return new Boundary(normal, -weights[dimension] / length * size, length / size);
  }

  private static Feature[] features(float[] vector, double scale) {
    Feature[] features = new Feature[vector.length + 1];
    for (int i = 0; i < vector.length; i++) {
      features[i] = new FeatureNode(i + 1, vector[i] * scale);
    }
    features[vector.length] = new FeatureNode(vector.length + 1, 1);
    return features;
  }

  /** Returns the boundary midway between the mean scores of good and bad examples. */
  private static Boundary middle(float[] query, List<float[]> good, List<float[]> bad) {
    double offset = (meanScore(query, good) + meanScore(query, bad)) / 2;
    return new Boundary(query, offset, Double.NaN);
  }

  private static double meanScore(float[] query, List<float[]> vectors) {
    double sum = 0;
    for (float[] vector : vectors) sum += product(query, vector);
    return vectors.isEmpty() ? 0 : sum / vectors.size();
  }

  /** Returns the vectors of tiles at random, without the labeled ones. */
  private List<float[]> unlabeled(Set<Long> labeled) {
    Random random = new Random(SEED);
    Set<Long> drawn = new LinkedHashSet<>();
    for (int i = 0; i < 4 * UNLABELED && drawn.size() < UNLABELED; i++) {
      long ordinal = random.nextLong(catalog.size());
      if (!labeled.contains(ordinal)) drawn.add(ordinal);
    }
    return stored(drawn.stream().mapToLong(Long::longValue).toArray());
  }

  /** Returns the rows of the labels that are tiles. */
  private Set<Long> tiles(List<? extends Query> labels) {
    Set<Long> rows = new HashSet<>();
    for (Query label : labels) {
      OptionalLong row =
          label instanceof Query.Tile tile ? catalog.find(tile.id()) : OptionalLong.empty();
      row.ifPresent(rows::add);
    }
    return rows;
  }

  private List<float[]> stored(long[] ordinals) {
    Vectors read = index.reconstruct(ordinals);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < ordinals.length; i++) vectors.add(prepared(read.row(i)));
    return vectors;
  }

  /** Returns a vector whose inner product with a query orders tiles as the index does. */
  private float[] prepared(float[] vector) {
    if (index.metric() == Metric.INNER_PRODUCT) return vector;
    double length = length(vector);
    if (index.metric() == Metric.L2 && Math.abs(length - 1) > 0.01) {
      throw new IllegalArgumentException(
          "an index of metric L2 ranks by a decision boundary only if embeddings have length 1, not"
              + " "
              + (float) length
              + ": use COSINE or INNER_PRODUCT");
    }
    return unit(vector);
  }

  /**
   * Selects tiles to label next: the unlabeled tile nearest to the boundary, then repeatedly that
   * of the nearest tiles which is least similar to all selected ones.
   *
   * @param ranked all tiles that pass a filter, ranked by the query
   */
  List<Hit> suggest(Query.Learned learned, SearchResult ranked, int n) {
    List<Integer> candidates = nearest(learned, ranked.neighbors(), (long) CANDIDATES * n);
    List<float[]> vectors = new ArrayList<>();
    long[] rows = candidates.stream().mapToLong(at -> ranked.neighbors().ordinal(at)).toArray();
    for (float[] vector : stored(rows)) vectors.add(unit(vector));
    double[] similarity = new double[candidates.size()];
    Arrays.fill(similarity, Double.NEGATIVE_INFINITY);
    List<Hit> selected = new ArrayList<>();
    int next = 0;
    while (selected.size() < Math.min(n, candidates.size())) {
      selected.add(ranked.hits().get(candidates.get(next)));
      float[] last = vectors.get(next);
      similarity[next] = Double.POSITIVE_INFINITY;
      for (int i = 0; i < similarity.length; i++) {
        similarity[i] = Math.max(similarity[i], product(last, vectors.get(i)));
        if (similarity[i] < similarity[next]) next = i;
      }
    }
    return selected;
  }

  /** Returns the positions of the unlabeled tiles nearest to the boundary, nearest first. */
  private List<Integer> nearest(Query.Learned learned, Neighbors ranked, long n) {
    Set<Long> labeled = tiles(learned.good());
    labeled.addAll(tiles(learned.bad()));
    int below = 0;
    while (below < ranked.size() && ranked.score(below) >= learned.boundary()) below++;
    int above = below - 1;
    List<Integer> nearest = new ArrayList<>();
    while (nearest.size() < n && (above >= 0 || below < ranked.size())) {
      boolean up =
          below == ranked.size()
              || above >= 0
                  && ranked.score(above) - learned.boundary()
                      <= learned.boundary() - ranked.score(below);
      int at = up ? above-- : below++;
      if (!labeled.contains(ranked.ordinal(at))) nearest.add(at);
    }
    return nearest;
  }

  private static float[] unit(float[] vector) {
    double length = length(vector);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length && length > 0; i++) unit[i] = (float) (vector[i] / length);
    return unit;
  }

  private static double length(float[] vector) {
    return Math.sqrt(product(vector, vector));
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
    return sum;
  }
}
