package io.earthembed.base.thread;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks on the threads of another executor, a limited number of them at once, first come first
 * served. Safe for many threads.
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
   * @param threads runs the tasks; whoever made it shuts it down
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

  /** Hands each task to the other executor anew, which clears a thread's interrupt between two. */
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

  /** Cancels the tasks that wait, and refuses further ones. Tasks that run go on. */
  public void close() {
    List<Runnable> cancelled;
    synchronized (this) {
      closed = true;
      cancelled = new ArrayList<>(waiting);
      waiting.clear();
    }
    cancelled.forEach(LimitedExecutor::cancel);
  }

  /** Tells whoever waits for a task that it will not run. */
  private static void cancel(Runnable task) {
    if (task instanceof Future<?> future) future.cancel(false);
  }
}
