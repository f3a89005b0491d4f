package io.earthembed.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ChecksTest {
  private static String refusal(Executable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void acceptsTheEdgesOfEachRange() {
    Checks.positive("k", 1);
    Checks.positive("k", Long.MAX_VALUE);
    Checks.positive("k", Double.MIN_VALUE);
    Checks.positive("k", Duration.ofNanos(1));
    Checks.notNegative("k", 0);
    Checks.notNegative("k", -0.0);
    Checks.notNan("k", Double.NEGATIVE_INFINITY);
  }

  @Test
  void namesArgumentAndValue() {
    assertEquals("k must be positive: 0", refusal(() -> Checks.positive("k", 0)));
    assertEquals("k must be positive: 0.0", refusal(() -> Checks.positive("k", 0.0)));
    assertEquals("k must be positive: NaN", refusal(() -> Checks.positive("k", Double.NaN)));
    assertEquals("k must be positive: PT0S", refusal(() -> Checks.positive("k", Duration.ZERO)));
    assertEquals(
        "k must be positive: PT-1S", refusal(() -> Checks.positive("k", Duration.ofSeconds(-1))));
    assertEquals("k must not be negative: -1", refusal(() -> Checks.notNegative("k", -1)));
    assertEquals("k must not be negative: NaN", refusal(() -> Checks.notNegative("k", Double.NaN)));
    assertEquals("k is NaN", refusal(() -> Checks.notNan("k", Double.NaN)));
  }

  private static final class Two extends Settings<Two> {
    int count = 1;
    String name = "a";
  }

  @Test
  void copiesOfSettingsAreIndependent() {
    Two first = new Two();
    first.count = 7;
    Two second = first.copy();
    assertNotSame(first, second);
    second.name = "b";
    assertEquals(
        "7 a, 7 b", first.count + " " + first.name + ", " + second.count + " " + second.name);
  }
}
