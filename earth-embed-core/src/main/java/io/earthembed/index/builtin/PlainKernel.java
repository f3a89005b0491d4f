package io.earthembed.index.builtin;

/**
 * Scores rows with plain loops. Eight independent sums let the processor begin an addition before
 * the last one ends.
 */
final class PlainKernel extends ScoreKernel {
  @Override
  void innerProducts(
      double[] query, float[] values, int[] places, int count, boolean cached, float[] into) {
    int whole = query.length & -SUMS;
    for (int r = 0; r < count; r++) {
      int row = places[r];
      double s0 = 0;
      double s1 = 0;
      double s2 = 0;
      double s3 = 0;
      double s4 = 0;
      double s5 = 0;
      double s6 = 0;
      double s7 = 0;
      for (int j = 0; j < whole; j += SUMS) {
        s0 += query[j] * values[row + j];
        s1 += query[j + 1] * values[row + j + 1];
        s2 += query[j + 2] * values[row + j + 2];
        s3 += query[j + 3] * values[row + j + 3];
        s4 += query[j + 4] * values[row + j + 4];
        s5 += query[j + 5] * values[row + j + 5];
        s6 += query[j + 6] * values[row + j + 6];
        s7 += query[j + 7] * values[row + j + 7];
      }
      into[r] = (float) withRest(joined(s0, s1, s2, s3, s4, s5, s6, s7), query, values, row);
    }
  }

  @Override
  void negativeSquares(
      double[] query, float[] values, int[] places, int count, boolean cached, float[] into) {
    int whole = query.length & -SUMS;
    for (int r = 0; r < count; r++) {
      int row = places[r];
      double s0 = 0;
      double s1 = 0;
      double s2 = 0;
      double s3 = 0;
      double s4 = 0;
      double s5 = 0;
      double s6 = 0;
      double s7 = 0;
      for (int j = 0; j < whole; j += SUMS) {
        s0 += square(query[j] - values[row + j]);
        s1 += square(query[j + 1] - values[row + j + 1]);
        s2 += square(query[j + 2] - values[row + j + 2]);
        s3 += square(query[j + 3] - values[row + j + 3]);
        s4 += square(query[j + 4] - values[row + j + 4]);
        s5 += square(query[j + 5] - values[row + j + 5]);
        s6 += square(query[j + 6] - values[row + j + 6]);
        s7 += square(query[j + 7] - values[row + j + 7]);
      }
      into[r] =
          (float) -withRestSquared(joined(s0, s1, s2, s3, s4, s5, s6, s7), query, values, row);
    }
  }

  private static double square(double value) {
    return value * value;
  }
}
