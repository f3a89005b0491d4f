package io.earthembed.base.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LifetimeTest {
  @Test
  void releasesOnceAndRefusesEveryUseAfterwards() {
    AtomicInteger released = new AtomicInteger();
    AtomicInteger forgotten = new AtomicInteger();
    for (Lifetime lifetime :
        List.of(
            Lifetime.of("thing", released::incrementAndGet),
            Lifetime.cleaned(
                "thing",
                lost -> {
                  released.incrementAndGet();
                  if (lost) forgotten.incrementAndGet();
                }))) {
      released.set(0);
      try (Lifetime.Scope outer = lifetime.use();
          Lifetime.Scope inner = lifetime.use()) {
        assertEquals(0, released.get());
      }
      lifetime.change().close();
      lifetime.close();
      lifetime.close();
      assertEquals(1, released.get());
      for (Supplier<Lifetime.Scope> begin :
          List.<Supplier<Lifetime.Scope>>of(lifetime::use, lifetime::change)) {
        IllegalStateException e = assertThrows(IllegalStateException.class, begin::get);
        assertEquals("thing is closed", e.getMessage());
      }
      lifetime.close(); // a refused use holds no lock
    }
    assertEquals(0, forgotten.get());
  }

  @Test
  void staysClosedIfTheReleaseFails() {
    Lifetime lifetime =
        Lifetime.of(
            "thing",
            () -> {
              throw new IllegalArgumentException("does not close");
            });
    assertThrows(IllegalArgumentException.class, lifetime::close);
    assertThrows(IllegalStateException.class, lifetime::use);
    lifetime.close();
  }

  @Test
  void closeWaitsForUses() throws InterruptedException {
    AtomicInteger released = new AtomicInteger();
    Lifetime lifetime = Lifetime.of("thing", released::incrementAndGet);
    assertWaits(lifetime::use, lifetime::close, released);
    assertEquals(1, released.get());
  }

  @Test
  void changesWaitForUsesAndExcludeThem() throws InterruptedException {
    AtomicInteger done = new AtomicInteger();
    Lifetime lifetime = Lifetime.of("thing", () -> {});
    Runnable change =
        () -> {
          try (Lifetime.Scope alone = lifetime.change()) {
            done.incrementAndGet();
          }
        };
    assertWaits(lifetime::use, change, done);
    assertWaits(lifetime::change, change, done);
    Runnable use =
        () -> {
          try (Lifetime.Scope open = lifetime.use()) {
            done.incrementAndGet();
          }
        };
    assertWaits(lifetime::change, use, done);
    assertEquals(3, done.get());
  }

  /** Asserts that a second action counts only once the first one's scope is closed. */
  private static void assertWaits(
      Supplier<Lifetime.Scope> first, Runnable second, AtomicInteger count)
      throws InterruptedException {
    int before = count.get();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    Thread user =
        new Thread(
            () -> {
              try (Lifetime.Scope open = first.get()) {
                running.countDown();
                awaitOrFail(finish);
              }
            });
    user.start();
    awaitOrFail(running);
    Thread waiting = new Thread(second);
    waiting.start();
    waiting.join(100);
    assertTrue(waiting.isAlive(), "it waits");
    assertEquals(before, count.get(), "done during the other's scope");
    finish.countDown();
    waiting.join(60_000);
    user.join(60_000);
    assertFalse(waiting.isAlive());
    assertEquals(before + 1, count.get());
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      assertTrue(latch.await(300, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void releasesWhatWasForgotten() throws InterruptedException {
    CountDownLatch released = new CountDownLatch(1);
    forget(released);
    for (int i = 0; i < 600 && released.getCount() > 0; i++) {
      System.gc();
      if (released.await(100, TimeUnit.MILLISECONDS)) break;
    }
    assertEquals(0, released.getCount());
  }

  private static void forget(CountDownLatch released) {
    Lifetime lifetime =
        Lifetime.cleaned(
            "forgotten thing",
            forgotten -> {
              if (forgotten) released.countDown();
            });
    lifetime.use().close();
  }
}
