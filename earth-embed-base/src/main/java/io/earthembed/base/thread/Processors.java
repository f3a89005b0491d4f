package io.earthembed.base.thread;

import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Divides computations among the processors. It has earth-embed's only executor for work that does
 * not block, with one thread fewer than there are processors, since the caller works too. Only idle
 * threads help: if none is idle, the caller does everything. Thus no call waits for a thread, and
 * many concurrent callers do not start more threads than there are processors.
 *
 * <p>It does not use the JDK's common pool, which belongs to the application: its threads may all
 * be blocked, it may have none ({@code java.util.concurrent.ForkJoinPool.common.parallelism=0}),
 * and its idle threads burn processors while many callers wait for one another.
 *
 * <p>Safe for many threads; work may divide its own work again.
 */
public final class Processors {
  private static final int HELPERS = Runtime.getRuntime().availableProcessors() - 1;

  /** Up to this many values, another thread does not pay off. */
  private static final int SORTED = 1 << 13;

  /** Hands work to an idle thread or refuses it; it has no queue. */
  private static final ThreadPoolExecutor EXECUTOR = executor();

  private Processors() {}

  private static ThreadPoolExecutor executor() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Math.max(1, HELPERS),
        10,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        work -> {
          String name = "earth-embed-compute-" + number.incrementAndGet();
          Thread thread = new Thread(null, work, name, 0, false);
          thread.setDaemon(true);
          // The thread outlives the caller and must not keep its class loader alive.
          thread.setContextClassLoader(Processors.class.getClassLoader());
          return thread;
        });
  }

  /**
   * Starts work beside the caller if a thread is idle.
   *
   * @param work must compute only, and throw nothing
   * @return false if no thread was idle and the work was not started
   */
  public static boolean offer(Runnable work) {
    if (HELPERS == 0) return false;
    try {
      EXECUTOR.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /**
   * Runs the work for 0 to count - 1, each once, in any order, and returns when all are done. After
   * a failure it starts no others and throws the failure.
   *
   * @param count number of items
   * @param work computes one item
   */
  public static void forEach(int count, IntConsumer work) {
    forEach(count, HELPERS + 1, work);
  }

  /**
   * Runs the work as {@link #forEach(int, IntConsumer)} does, on fewer threads.
   *
   * @param threads the most threads, including the caller's; 1 or more
   */
  public static void forEach(int count, int threads, IntConsumer work) {
    Division division = new Division(count, work);
    for (int t = 1; t < Math.min(threads, count); t++) {
      if (!offer(division)) break;
    }
    division.run();
    division.finish();
  }

  /** Sorts in ascending order. */
  public static void sort(long[] values) {
    int parts = Integer.highestOneBit(Math.max(1, Math.min(HELPERS + 1, values.length / SORTED)));
    forEach(parts, i -> Arrays.sort(values, from(i, parts, values), from(i + 1, parts, values)));
    long[] sorted = values;
    long[] free = parts > 1 ? new long[values.length] : values;
    for (int left = parts; left > 1; left /= 2) {
      int runs = left;
      long[] source = sorted;
      long[] target = free;
      forEach(
          runs / 2,
          i ->
              merge(
                  source,
                  from(2 * i, runs, values),
                  from(2 * i + 1, runs, values),
                  from(2 * i + 2, runs, values),
                  target));
      sorted = target;
      free = source;
    }
    if (sorted != values) System.arraycopy(sorted, 0, values, 0, values.length);
  }

  private static int from(int part, int parts, long[] values) {
    return (int) ((long) part * values.length / parts);
  }

  private static void merge(long[] source, int from, int middle, int to, long[] target) {
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean takeLeft = right == to || left < middle && source[left] <= source[right];
      target[i] = takeLeft ? source[left++] : source[right++];
    }
  }

  /** Divided work; each participating thread runs it. */
  private static final class Division implements Runnable {
    private final int count;
    private final IntConsumer work;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private int working;
    private boolean over;

    Division(int count, IntConsumer work) {
      this.count = count;
      this.work = work;
    }

    @Override
    public void run() {
      synchronized (this) {
        if (over) return;
        working++;
      }
      try {
        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) work.accept(i);
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
        next.set(count);
      } finally {
        synchronized (this) {
          working--;
          notifyAll();
        }
      }
    }

    /** Waits for the participating threads; later ones find nothing to do. */
    void finish() {
      boolean interrupted = false;
      synchronized (this) {
        over = true;
        while (working > 0) {
          try {
            wait();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
      }
      if (interrupted) Thread.currentThread().interrupt();
      Throwable e = failure.get();
      if (e instanceof RuntimeException known) throw known;
      if (e instanceof Error known) throw known;
    }
  }
}
