package io.earthembed.index.builtin;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scores rows with the Vector API. Rows in the cache are scored four at once, so that each load of
 * the query serves four rows; rows in memory are read one after another, which is faster there.
 * Only {@link ScoreKernel} makes this kernel, by its name. Its methods of the Vector API are the
 * same from JDK 17 to 25.
 */
final class VectorKernel extends ScoreKernel {
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  /** The doubles of a vector: eight or four. Of four, a second vector keeps the upper four sums. */
  private static final int LANES = DOUBLES.length();

  private static final boolean HALVES = LANES < SUMS;

  /** As many floats as a vector has doubles. */
  private static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(Math.max(64, LANES * Float.SIZE)));

  /** The rows that are scored at once. */
  private static final int TILE = 4;

  /** Makes the kernel; fails if the processor's vectors are not of four or eight doubles. */
  VectorKernel() throws ReflectiveOperationException {
    if (LANES != SUMS && LANES != SUMS / 2) {
      throw new ReflectiveOperationException("vectors of " + LANES + " doubles");
    }
  }

  @Override
  void innerProducts(
      double[] query, float[] values, int[] places, int count, boolean cached, float[] into) {
    double[] sums = new double[TILE * SUMS];
    int r = 0;
    for (; cached && r + TILE <= count; r += TILE) {
      products(query, values, places, r, sums);
      for (int t = 0; t < TILE; t++) into[r + t] = product(query, values, places[r + t], sums, t);
    }
    for (; r < count; r++) {
      products(query, values, places[r], sums);
      into[r] = product(query, values, places[r], sums, 0);
    }
  }

  private static float product(double[] query, float[] values, int row, double[] sums, int of) {
    return (float) withRest(joined(sums, of * SUMS), query, values, row);
  }

  /**
   * Adds the products of a row. Products of floats are exact in double precision, so fma rounds as
   * a multiplication and an addition do.
   */
  private static void products(double[] query, float[] values, int row, double[] sums) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int whole = query.length & -SUMS;
    for (int j = 0; j < whole; j += SUMS) {
      low = doubles(values, row + j).fma(doubles(query, j), low);
      if (HALVES) high = doubles(values, row + j + LANES).fma(doubles(query, j + LANES), high);
    }
    store(low, high, sums, 0);
  }

  private static void products(
      double[] query, float[] values, int[] places, int first, double[] sums) {
    int row0 = places[first];
    int row1 = places[first + 1];
    int row2 = places[first + 2];
    int row3 = places[first + 3];
    DoubleVector low0 = DoubleVector.zero(DOUBLES);
    DoubleVector low1 = DoubleVector.zero(DOUBLES);
    DoubleVector low2 = DoubleVector.zero(DOUBLES);
    DoubleVector low3 = DoubleVector.zero(DOUBLES);
    DoubleVector high0 = DoubleVector.zero(DOUBLES);
    DoubleVector high1 = DoubleVector.zero(DOUBLES);
    DoubleVector high2 = DoubleVector.zero(DOUBLES);
    DoubleVector high3 = DoubleVector.zero(DOUBLES);
    int whole = query.length & -SUMS;
    for (int j = 0; j < whole; j += SUMS) {
      DoubleVector q = doubles(query, j);
      low0 = doubles(values, row0 + j).fma(q, low0);
      low1 = doubles(values, row1 + j).fma(q, low1);
      low2 = doubles(values, row2 + j).fma(q, low2);
      low3 = doubles(values, row3 + j).fma(q, low3);
      if (HALVES) {
        DoubleVector upper = doubles(query, j + LANES);
        high0 = doubles(values, row0 + j + LANES).fma(upper, high0);
        high1 = doubles(values, row1 + j + LANES).fma(upper, high1);
        high2 = doubles(values, row2 + j + LANES).fma(upper, high2);
        high3 = doubles(values, row3 + j + LANES).fma(upper, high3);
      }
    }
    store(low0, high0, sums, 0);
    store(low1, high1, sums, SUMS);
    store(low2, high2, sums, 2 * SUMS);
    store(low3, high3, sums, 3 * SUMS);
  }

  @Override
  void negativeSquares(
      double[] query, float[] values, int[] places, int count, boolean cached, float[] into) {
    double[] sums = new double[TILE * SUMS];
    int r = 0;
    for (; cached && r + TILE <= count; r += TILE) {
      squares(query, values, places, r, sums);
      for (int t = 0; t < TILE; t++) into[r + t] = square(query, values, places[r + t], sums, t);
    }
    for (; r < count; r++) {
      squares(query, values, places[r], sums);
      into[r] = square(query, values, places[r], sums, 0);
    }
  }

  private static float square(double[] query, float[] values, int row, double[] sums, int of) {
    return (float) -withRestSquared(joined(sums, of * SUMS), query, values, row);
  }

  private static void squares(double[] query, float[] values, int row, double[] sums) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int whole = query.length & -SUMS;
    for (int j = 0; j < whole; j += SUMS) {
      low = low.add(squared(doubles(query, j), doubles(values, row + j)));
      if (HALVES) {
        high = high.add(squared(doubles(query, j + LANES), doubles(values, row + j + LANES)));
      }
    }
    store(low, high, sums, 0);
  }

  private static void squares(
      double[] query, float[] values, int[] places, int first, double[] sums) {
    int row0 = places[first];
    int row1 = places[first + 1];
    int row2 = places[first + 2];
    int row3 = places[first + 3];
    DoubleVector low0 = DoubleVector.zero(DOUBLES);
    DoubleVector low1 = DoubleVector.zero(DOUBLES);
    DoubleVector low2 = DoubleVector.zero(DOUBLES);
    DoubleVector low3 = DoubleVector.zero(DOUBLES);
    DoubleVector high0 = DoubleVector.zero(DOUBLES);
    DoubleVector high1 = DoubleVector.zero(DOUBLES);
    DoubleVector high2 = DoubleVector.zero(DOUBLES);
    DoubleVector high3 = DoubleVector.zero(DOUBLES);
    int whole = query.length & -SUMS;
    for (int j = 0; j < whole; j += SUMS) {
      DoubleVector q = doubles(query, j);
      low0 = low0.add(squared(q, doubles(values, row0 + j)));
      low1 = low1.add(squared(q, doubles(values, row1 + j)));
      low2 = low2.add(squared(q, doubles(values, row2 + j)));
      low3 = low3.add(squared(q, doubles(values, row3 + j)));
      if (HALVES) {
        DoubleVector upper = doubles(query, j + LANES);
        high0 = high0.add(squared(upper, doubles(values, row0 + j + LANES)));
        high1 = high1.add(squared(upper, doubles(values, row1 + j + LANES)));
        high2 = high2.add(squared(upper, doubles(values, row2 + j + LANES)));
        high3 = high3.add(squared(upper, doubles(values, row3 + j + LANES)));
      }
    }
    store(low0, high0, sums, 0);
    store(low1, high1, sums, SUMS);
    store(low2, high2, sums, 2 * SUMS);
    store(low3, high3, sums, 3 * SUMS);
  }

  private static DoubleVector squared(DoubleVector query, DoubleVector row) {
    DoubleVector difference = query.sub(row);
    return difference.mul(difference);
  }

  private static DoubleVector doubles(double[] query, int from) {
    return DoubleVector.fromArray(DOUBLES, query, from);
  }

  private static DoubleVector doubles(float[] values, int from) {
    FloatVector floats = FloatVector.fromArray(FLOATS, values, from);
    return (DoubleVector) floats.convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  private static void store(DoubleVector low, DoubleVector high, double[] sums, int at) {
    low.intoArray(sums, at);
    if (HALVES) high.intoArray(sums, at + LANES);
  }

  private static double joined(double[] sums, int at) {
    return joined(
        sums[at],
        sums[at + 1],
        sums[at + 2],
        sums[at + 3],
        sums[at + 4],
        sums[at + 5],
        sums[at + 6],
        sums[at + 7]);
  }
}
