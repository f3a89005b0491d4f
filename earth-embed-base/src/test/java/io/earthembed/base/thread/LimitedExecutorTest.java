package io.earthembed.base.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitedExecutorTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);

  /** Runs until {@link #end}. */
  private final FutureTask<Boolean> running =
      new FutureTask<>(() -> end.await(5, TimeUnit.MINUTES));

  private final FutureTask<Void> waiting = new FutureTask<>(() -> null);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void runsNoMoreThanTheLimitAtOnce() throws Exception {
    LimitedExecutor tasks = new LimitedExecutor(threads, 3);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(200);
    for (int i = 0; i < 200; i++) {
      tasks.execute(
          () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.yield();
            running.decrementAndGet();
            done.countDown();
          });
    }
    assertTrue(done.await(5, TimeUnit.MINUTES));
    assertTrue(most.get() <= 3, most + " ran at once");
  }

  @Test
  void runsInTheOrderOfComingAndAfterATaskThatThrows() throws Exception {
    LimitedExecutor tasks = new LimitedExecutor(threads, 1);
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch begin = new CountDownLatch(1);
    tasks.execute(new FutureTask<>(() -> begin.await(5, TimeUnit.MINUTES)));
    for (int i = 0; i < 10; i++) {
      int number = i;
      tasks.execute(
          new FutureTask<>(
              () -> {
                seen.add(number);
                throw new IllegalStateException("task " + number);
              }));
    }
    FutureTask<Integer> last = new FutureTask<>(seen::size);
    tasks.execute(last);
    begin.countDown();
    assertEquals(10, last.get(5, TimeUnit.MINUTES));
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), seen);
  }

  @Test
  void anInterruptedTaskDoesNotInterruptTheNext() throws Exception {
    LimitedExecutor tasks = new LimitedExecutor(threads, 1);
    CountDownLatch started = new CountDownLatch(1);
    FutureTask<Void> first =
        new FutureTask<>(
            () -> {
              started.countDown();
              while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait();
              return null;
            });
    FutureTask<Boolean> next = new FutureTask<>(() -> Thread.currentThread().isInterrupted());
    tasks.execute(first);
    tasks.execute(next);
    assertTrue(started.await(5, TimeUnit.MINUTES));
    first.cancel(true);
    assertFalse(next.get(5, TimeUnit.MINUTES));
  }

  @Test
  void closeCancelsWhatWaitsAndRefusesMore() throws Exception {
    LimitedExecutor tasks = new LimitedExecutor(threads, 1);
    tasks.execute(running);
    tasks.execute(waiting);
    tasks.close();
    assertTrue(waiting.isCancelled());
    assertThrows(RejectedExecutionException.class, () -> tasks.execute(() -> {}));
    end.countDown();
    assertTrue(running.get(5, TimeUnit.MINUTES));
  }

  @Test
  void tasksThatTheThreadsRefuseAreCancelled() throws Exception {
    LimitedExecutor tasks = new LimitedExecutor(threads, 1);
    tasks.execute(running);
    tasks.execute(waiting);
    threads.shutdown();
    end.countDown();
    assertTrue(running.get(5, TimeUnit.MINUTES));
    assertTrue(threads.awaitTermination(5, TimeUnit.MINUTES));
    assertTrue(waiting.isCancelled());
    assertThrows(RejectedExecutionException.class, () -> tasks.execute(() -> {}));
  }
}
