package io.earthembed.index.builtin;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.vector.Metric;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactIndexTest {
  /** Four times these overflow, to zero or to a negative number. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 29, 1 << 30, 3 << 29, Integer.MAX_VALUE})
  void refusesRowsThatNoBufferHolds(int dimension) {
    assertThrows(
        IllegalArgumentException.class, () -> new ExactIndex(dimension, Metric.L2).close());
  }
}
