package io.earthembed.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;
import java.util.Random;

/** Checks that the contracts of indexes share. */
final class IndexChecks {
  static final int DIMENSION = 48;

  private IndexChecks() {}

  /** Returns normalised random vectors, the same for the same seed. */
  static Vectors random(int rows, int dimension, long seed) {
    Random random = new Random(seed);
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < dimension; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    vectors.normalize();
    return vectors;
  }

  static Vectors random(int rows, long seed) {
    return random(rows, DIMENSION, seed);
  }

  /** Returns the reference with the same vectors. */
  static ExactIndex reference(Metric metric, Vectors... parts) {
    ExactIndex exact = new ExactIndex(parts[0].dimension(), metric);
    for (Vectors part : parts) exact.add(part);
    return exact;
  }

  /** Fails unless both have the same ordinals and scores. */
  static void assertSame(Neighbors expected, Neighbors actual, String what) {
    assertArrayEquals(expected.ordinals(), actual.ordinals(), what + ": ordinals");
    assertArrayEquals(
        expected.scores(),
        actual.scores(),
        EmbeddingIndexContract.SCORE_TOLERANCE,
        what + ": scores");
  }

  static void assertRefused(String mention, Runnable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(
        String.valueOf(e.getMessage()).contains(mention),
        () -> "the message names '" + mention + "': " + e.getMessage());
  }
}
