package io.earthembed.base.thread;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks on the threads of another executor, a limited number at once, in order of submission.
 * Safe for many threads.
 */
public final class LimitedExecutor implements Executor {
  private final Executor threads;
  private final int limit;

  // Guarded by this.
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int running;
  private boolean closed;

  /**
   * Makes an executor.
   *
   * @param threads runs the tasks; its owner shuts it down
   * @param limit the most tasks that run at once; at least 1
   */
  public LimitedExecutor(Executor threads, int limit) {
    if (limit < 1) throw new IllegalArgumentException("limit must be positive: " + limit);
    this.threads = threads;
    this.limit = limit;
  }

  /**
   * Runs a task once fewer than the limit run.
   *
   * @throws RejectedExecutionException if this is closed, or the other executor refuses
   */
  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      if (closed) throw new RejectedExecutionException("closed");
      if (running == limit) {
        waiting.add(task);
        return;
      }
      running++;
    }
    try {
      start(task);
    } catch (RejectedExecutionException e) {
      startNext();
      throw e;
    }
  }

  private void start(Runnable task) {
    threads.execute(
        () -> {
          try {
            task.run();
          } finally {
            startNext();
          }
        });
  }

  /**
   * Submits each task to the other executor separately, which clears a thread's interrupt between
   * tasks.
   */
  private void startNext() {
    while (true) {
      Runnable next;
      synchronized (this) {
        next = waiting.poll();
        if (next == null) {
          running--;
          return;
        }
      }
      try {
        start(next);
        return;
      } catch (RejectedExecutionException e) {
        cancel(next);
      }
    }
  }

  /** Cancels waiting tasks and refuses further ones. Running tasks continue. */
  public void close() {
    List<Runnable> cancelled;
    synchronized (this) {
      closed = true;
      cancelled = new ArrayList<>(waiting);
      waiting.clear();
    }
    cancelled.forEach(LimitedExecutor::cancel);
  }

  /** Cancels a task, so that threads that wait for it learn that it will not run. */
  private static void cancel(Runnable task) {
    if (task instanceof Future<?> future) future.cancel(false);
  }
}
