package io.earthembed.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SigmoidScoreTest {
  @Test
  void isTheSigmoidOfTheScaledCosine() {
    SigmoidScore score = new SigmoidScore(100, -10);
    assertEquals(0.5, score.of(0.1), 1e-12);
    assertEquals(1 / (1 + Math.exp(-5)), score.of(0.15), 1e-12);
    assertTrue(score.of(-1) >= 0 && score.of(1) <= 1);
    assertTrue(score.of(0.2) > score.of(0.19));
  }

  @Test
  void refusesNumbersThatMeanNothing() {
    assertThrows(IllegalArgumentException.class, () -> new SigmoidScore(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new SigmoidScore(Double.NaN, 0));
    assertThrows(IllegalArgumentException.class, () -> new SigmoidScore(1, Double.NaN));
  }
}
