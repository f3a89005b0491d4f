package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests who runs, who waits and who is refused. */
@Timeout(600)
class ConcurrencyLimitTest {
  /** The number of requests that wait. */
  private static final class Waiting implements ServerMetrics {
    private volatile int waiting;

    @Override
    public void waiting(String queue, int waiting) {
      this.waiting = waiting;
    }
  }

  private final Waiting metrics = new Waiting();

  private ConcurrencyLimit limit(int maxWaiting, Duration patience) {
    return new ConcurrencyLimit("searches", 1, maxWaiting, patience, metrics);
  }

  @Test
  void requestsRunInTheOrderOfTheirArrival() throws Exception {
    ConcurrencyLimit limit = limit(10, Duration.ofSeconds(50));
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    try (ConcurrencyLimit.Turn first = limit.await()) {
      for (int i = 0; i < 5; i++) {
        int number = i;
        Thread thread =
            new Thread(
                () -> {
                  try (ConcurrencyLimit.Turn turn = limit.await()) {
                    order.add(number);
                  }
                });
        thread.start();
        threads.add(thread);
        while (metrics.waiting <= i) Thread.sleep(1);
      }
    }
    // Arrives last, just when a turn is free.
    try (ConcurrencyLimit.Turn turn = limit.await()) {
      order.add(5);
    }
    for (Thread thread : threads) thread.join();
    assertEquals(List.of(0, 1, 2, 3, 4, 5), order);
  }

  @Test
  void thoseBeyondAreToldToComeLater() {
    try (ConcurrencyLimit.Turn turn = limit(0, Duration.ofSeconds(50)).await()) {
      assertEquals(0, metrics.waiting);
    }
    ConcurrencyLimit limit = limit(0, Duration.ofSeconds(50));
    try (ConcurrencyLimit.Turn turn = limit.await()) {
      ProblemException problem = assertThrows(ProblemException.class, limit::await);
      assertEquals(429, problem.status());
      assertEquals(25, problem.retryAfter());
    }
  }
}
