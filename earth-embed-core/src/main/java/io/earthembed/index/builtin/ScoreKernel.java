package io.earthembed.index.builtin;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores rows against a query in double precision. Products of floats are exact there.
 *
 * <p>All kernels add in one order, so their scores are equal to the last bit: eight sums, of which
 * sum i takes the components i, i + 8, i + 16, ... of all whole groups of eight; {@link #joined}
 * adds these eight; the remaining components follow one by one. Safe for many threads.
 */
abstract class ScoreKernel {
  /** The number of sums. */
  static final int SUMS = 8;

  private static final Logger LOG = LoggerFactory.getLogger(ExactIndex.class);

  /** The fastest kernel of this JVM. */
  static final ScoreKernel BEST = best();

  /**
   * Computes inner products.
   *
   * @param query length d
   * @param values holds the rows
   * @param places of the first components of the rows
   * @param count number of rows
   * @param cached whether the rows are in the processor's cache
   * @param into receives a score for each row
   */
  abstract void innerProducts(
      double[] query, float[] values, int[] places, int count, boolean cached, float[] into);

  /**
   * Computes negative squared distances.
   *
   * @param query length d
   * @param values holds the rows
   * @param places of the first components of the rows
   * @param count number of rows
   * @param cached whether the rows are in the processor's cache
   * @param into receives a score for each row
   */
  abstract void negativeSquares(
      double[] query, float[] values, int[] places, int count, boolean cached, float[] into);

  /** Adds the eight sums of a row. */
  static double joined(
      double s0, double s1, double s2, double s3, double s4, double s5, double s6, double s7) {
    return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
  }

  /** Adds the products of the components from the last whole group of eight on. */
  static double withRest(double sum, double[] query, float[] values, int row) {
    double total = sum;
    for (int j = query.length & -SUMS; j < query.length; j++) total += query[j] * values[row + j];
    return total;
  }

  /** Adds the squared differences of the components from the last whole group of eight on. */
  static double withRestSquared(double sum, double[] query, float[] values, int row) {
    double total = sum;
    for (int j = query.length & -SUMS; j < query.length; j++) {
      double difference = query[j] - values[row + j];
      total += difference * difference;
    }
    return total;
  }

  /**
   * Returns the kernel of the Vector API if the JVM runs with {@code --add-modules
   * jdk.incubator.vector}, otherwise plain loops. The class is loaded by its name, because nothing
   * else may need that module.
   */
  private static ScoreKernel best() {
    Optional<Module> module = ModuleLayer.boot().findModule("jdk.incubator.vector");
    if (module.isEmpty()) return new PlainKernel();
    try {
      ScoreKernel.class.getModule().addReads(module.get());
      Class<?> kernel = Class.forName("io.earthembed.index.builtin.VectorKernel");
      return (ScoreKernel) kernel.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      LOG.info("ExactIndex searches without the Vector API: {}", e.toString());
      return new PlainKernel();
    }
  }
}
