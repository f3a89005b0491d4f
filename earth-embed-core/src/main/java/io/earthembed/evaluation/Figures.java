package io.earthembed.evaluation;

import io.earthembed.base.thread.Processors;
import io.earthembed.evaluation.RetrievalReport.Figure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Computes means over queries, with their intervals. */
final class Figures {
  static final long SEED = 20_261_130;
  private static final int RESAMPLES = 2000;

  static final String METHOD =
      "95 % percentile bootstrap over queries, " + RESAMPLES + " resamples, seed " + SEED;

  private Figures() {}

  /**
   * Computes figures of the same queries.
   *
   * @param names names of the figures
   * @param queries number of queries
   * @param values computes a query's value for each figure, or null if the query does not count;
   *     called from several threads
   */
  static List<Figure> means(
      List<String> names, int queries, IntFunction<double @Nullable []> values) {
    double[][] all = new double[queries][];
    Processors.forEach(queries, i -> all[i] = values.apply(i));
    double[][] counted = Arrays.stream(all).filter(Objects::nonNull).toArray(double[][]::new);
    List<Figure> figures = new ArrayList<>();
    if (counted.length == 0) return figures;
    for (int f = 0; f < names.size(); f++) {
      double[] figure = new double[counted.length];
      for (int i = 0; i < figure.length; i++) figure[i] = counted[i][f];
      double[] means = resampledMeans(figure);
      figures.add(
          new Figure(
              names.get(f),
              figure.length,
              Arrays.stream(figure).average().orElse(Double.NaN),
              quantile(means, 0.025),
              quantile(means, 0.975)));
    }
    return figures;
  }

  /** Returns the means of samples drawn with replacement, ascending. */
  private static double[] resampledMeans(double[] values) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) sum += values[random.nextInt(values.length)];
      means[r] = sum / values.length;
    }
    Arrays.sort(means);
    return means;
  }

  /** Interpolates linearly between ascending values, as numpy.quantile. */
  static double quantile(double[] ascending, double share) {
    double at = share * (ascending.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, ascending.length - 1);
    return ascending[below] + (at - below) * (ascending[above] - ascending[below]);
  }
}
