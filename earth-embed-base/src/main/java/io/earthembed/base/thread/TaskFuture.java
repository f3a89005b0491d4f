package io.earthembed.base.thread;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A future of a store's task that stops the task if it is cancelled. Safe for many threads. */
public final class TaskFuture<T> extends CompletableFuture<T> {
  private volatile @Nullable Future<T> task;

  private TaskFuture() {}

  /**
   * Starts a task.
   *
   * @param pool runs it; if the pool cancels it, the future fails with an IllegalStateException
   * @throws RejectedExecutionException if the pool is closed
   */
  public static <T> CompletableFuture<T> start(Executor pool, Callable<T> work) {
    TaskFuture<T> future = new TaskFuture<>();
    FutureTask<T> task =
        new FutureTask<>(work) {
          @Override
          protected void done() {
            future.settle(this);
          }
        };
    future.task = task;
    pool.execute(task);
    return future;
  }

  private void settle(Future<T> done) {
    try {
      complete(done.get());
    } catch (ExecutionException e) {
      completeExceptionally(e.getCause());
    } catch (CancellationException e) {
      // Cancelled by this future's own cancel, which has completed it, or by the store's close.
      completeExceptionally(new IllegalStateException("the store was closed", e));
    } catch (InterruptedException e) {
      // Unreachable: the task has completed.
      completeExceptionally(e);
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    Future<T> running = task;
    if (running != null) running.cancel(true);
    return cancelled;
  }
}
