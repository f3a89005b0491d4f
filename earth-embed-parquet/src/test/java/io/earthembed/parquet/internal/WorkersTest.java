package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.common.EarthEmbedException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Pages that come slowly, as those of remote files do. */
class WorkersTest {
  private static boolean sleep(CountDownLatch asleep) {
    asleep.countDown();
    try {
      Thread.sleep(600_000);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EarthEmbedException("interrupted while reading", e);
    }
  }

  @Test
  void anInterruptEndsThemAll() throws Exception {
    CountDownLatch asleep = new CountDownLatch(3);
    Thread caller =
        new Thread(
            () ->
                assertThrows(
                    EarthEmbedException.class,
                    () -> Workers.allOf(0, 3, 3, item -> sleep(asleep))));
    caller.start();
    asleep.await();
    caller.interrupt();
    caller.join(60_000);
    assertFalse(caller.isAlive());
  }

  @Test
  void theFirstFailureEndsThemAll() throws Exception {
    CountDownLatch asleep = new CountDownLatch(1);
    Thread here = Thread.currentThread();
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () ->
                Workers.allOf(
                    0,
                    2,
                    2,
                    item -> {
                      if (Thread.currentThread() != here) return sleep(asleep);
                      try {
                        asleep.await();
                      } catch (InterruptedException unexpected) {
                        throw new IllegalStateException(unexpected);
                      }
                      throw new EarthEmbedException("the first");
                    }));
    assertEquals("the first", e.getMessage());
  }
}
