package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LifetimeTest {
  @Test
  void closesEachResourceOnceEvenWhereOneFails() {
    AtomicInteger closed = new AtomicInteger();
    Lifetime lifetime =
        new Lifetime(
            "thing",
            List.of(
                () -> {
                  throw new IllegalStateException("does not close");
                },
                closed::incrementAndGet));
    assertEquals(7, lifetime.use(() -> 7));
    lifetime.close();
    lifetime.close();
    assertEquals(1, closed.get());
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> lifetime.use(() -> 7));
    assertEquals("thing is closed", e.getMessage());
  }

  @Test
  void waitsForRunningCalls() throws InterruptedException {
    AtomicInteger closed = new AtomicInteger();
    Lifetime lifetime = new Lifetime("thing", List.of(closed::incrementAndGet));
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    Thread user =
        new Thread(
            () ->
                lifetime.use(
                    () -> {
                      running.countDown();
                      awaitOrFail(finish);
                      assertEquals(0, closed.get(), "closed under a running call");
                      return 0;
                    }));
    user.start();
    awaitOrFail(running);
    Thread closer = new Thread(lifetime::close);
    closer.start();
    closer.join(100);
    assertTrue(closer.isAlive(), "close waits");
    assertEquals(0, closed.get());
    finish.countDown();
    closer.join(60_000);
    user.join(60_000);
    assertFalse(closer.isAlive());
    assertEquals(1, closed.get());
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void freesWhatWasForgotten() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    forget(closed);
    for (int i = 0; i < 600 && closed.getCount() > 0; i++) {
      System.gc();
      if (closed.await(100, TimeUnit.MILLISECONDS)) break;
    }
    assertEquals(0, closed.getCount());
  }

  private static void forget(CountDownLatch closed) {
    Lifetime lifetime = new Lifetime("forgotten thing", List.of(closed::countDown));
    assertEquals(1, lifetime.use(() -> 1));
  }
}
