package io.earthembed.web;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a number of requests run at once. Others wait in the order of their arrival, up to a number
 * and for a time; those beyond get 429. Safe for many threads.
 */
final class ConcurrencyLimit {
  private final String name;
  private final Semaphore free;
  private final int maxWaiting;
  private final Duration patience;
  private final ServerMetrics metrics;
  private final AtomicInteger waiting = new AtomicInteger();

  ConcurrencyLimit(
      String name, int running, int maxWaiting, Duration patience, ServerMetrics metrics) {
    this.name = name;
    this.free = new Semaphore(running, true);
    this.maxWaiting = maxWaiting;
    this.patience = patience;
    this.metrics = metrics;
  }

  /** A request that runs. */
  final class Turn implements AutoCloseable {
    private final Duration waited;

    private Turn(Duration waited) {
      this.waited = waited;
    }

    Duration waited() {
      return waited;
    }

    @Override
    public void close() {
      free.release();
    }
  }

  /**
   * Waits for a turn, which the caller must close.
   *
   * @throws ProblemException (429) if too many wait already, or it took too long
   */
  Turn await() {
    long start = System.nanoTime();
    try {
      // A semaphore without a timeout would let this request pass those that wait.
      if (!free.tryAcquire(0, TimeUnit.NANOSECONDS)) queue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
    return new Turn(Duration.ofNanos(System.nanoTime() - start));
  }

  private void queue() throws InterruptedException {
    int position = waiting.incrementAndGet();
    metrics.waiting(name, position);
    try {
      if (position > maxWaiting || !free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw busy();
      }
    } finally {
      metrics.waiting(name, waiting.decrementAndGet());
    }
  }

  private ProblemException busy() {
    int seconds = (int) Math.max(1, patience.toSeconds() / 2);
    return ProblemException.busy("too many " + name + " run and wait; try again later", seconds);
  }
}
