package io.earthembed.base.thread;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class ProcessorsTest {
  @Test
  void doesEachOnce() {
    for (int count : new int[] {0, 1, 2, 7, 10_000}) {
      AtomicIntegerArray done = new AtomicIntegerArray(count);
      Processors.forEach(count, done::incrementAndGet);
      for (int i = 0; i < count; i++) assertEquals(1, done.get(i));
    }
  }

  /** One thread is the caller's. */
  @Test
  void staysInTheCallerIfToldTo() {
    Thread caller = Thread.currentThread();
    Processors.forEach(50, 1, i -> assertEquals(caller, Thread.currentThread()));
  }

  /** All helpers are blocked, which they should never be: the caller does the work alone. */
  @Test
  void needsNoIdleThread() throws InterruptedException {
    int helpers = Runtime.getRuntime().availableProcessors() - 1;
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(helpers);
    // A helper refuses work for a moment after its last piece, until it waits for the next.
    for (int occupied = 0; occupied < helpers; ) {
      if (Processors.offer(() -> await(over, ended))) occupied++;
      else Thread.onSpinWait();
    }
    assertFalse(Processors.offer(() -> {}));
    Thread caller = Thread.currentThread();
    Processors.forEach(100, i -> assertEquals(caller, Thread.currentThread()));
    over.countDown();
    ended.await();
  }

  @Test
  void dividesWithinDividedWork() {
    AtomicInteger sum = new AtomicInteger();
    Processors.forEach(20, i -> Processors.forEach(20, j -> sum.addAndGet(20 * i + j)));
    assertEquals(400 * 399 / 2, sum.get());
  }

  @Test
  void throwsWhatTheWorkThrows() {
    AtomicInteger begun = new AtomicInteger();
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                Processors.forEach(
                    1_000_000,
                    i -> {
                      begun.incrementAndGet();
                      throw new IllegalStateException("at " + i);
                    }));
    assertTrue(String.valueOf(e.getMessage()).startsWith("at "), e.toString());
    assertTrue(begun.get() <= Runtime.getRuntime().availableProcessors(), begun + " were begun");
  }

  /** An interrupted caller notices it in the work, or afterwards. */
  @Test
  void keepsTheInterruption() {
    Thread.currentThread().interrupt();
    AtomicInteger done = new AtomicInteger();
    Processors.forEach(1_000, i -> done.incrementAndGet());
    assertTrue(Thread.interrupted());
    assertEquals(1_000, done.get());
  }

  @Test
  void sorts() {
    SplittableRandom random = new SplittableRandom(1);
    List<Integer> sizes = new ArrayList<>(List.of(0, 1, 2, 8191, 16_384, 16_385, 100_003));
    for (int size : sizes) {
      long[] values = random.longs(size, -size, size + 1).toArray();
      long[] expected = values.clone();
      Arrays.sort(expected);
      Processors.sort(values);
      assertArrayEquals(expected, values);
    }
  }

  private static void await(CountDownLatch latch, CountDownLatch ended) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      ended.countDown();
    }
  }
}
