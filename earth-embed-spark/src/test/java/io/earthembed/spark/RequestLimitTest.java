package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Tests the division of a server's allowance. */
class RequestLimitTest {
  @Test
  void tasksShareTheAllowance() {
    assertEquals(new RequestLimit(10, 6), RequestLimit.of(64, false, 10));
    assertEquals(new RequestLimit(10, 3), RequestLimit.of(64, true, 10));
    assertEquals(new RequestLimit(64, 1), RequestLimit.of(64, false, 500));
    assertEquals(new RequestLimit(1, 64), RequestLimit.of(64, false, 1));
    assertThrows(IllegalArgumentException.class, () -> RequestLimit.of(1, true, 1));
    assertThrows(IllegalArgumentException.class, () -> RequestLimit.of(0, false, 1));
  }

  @Test
  void noDivisionExceedsTheAllowance() {
    for (int requests = 2; requests < 300; requests++) {
      for (int atOnce = 1; atOnce < 300; atOnce += 7) {
        for (boolean twice : new boolean[] {false, true}) {
          RequestLimit limit = RequestLimit.of(requests, twice, atOnce);
          int most = limit.tasks() * limit.connections() * (twice ? 2 : 1);
          assertTrue(most <= requests, requests + " for " + atOnce + ": " + limit);
        }
      }
    }
  }
}
