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
 * Divides computing among the processors: the one executor of earth-embed for work that does not
 * wait. It has one thread fewer than the machine has processors, since the caller works too. A
 * thread helps only if it is idle; if none is, the caller does everything, so that no call ever
 * waits for a thread, and many callers at once do not become more threads than processors.
 *
 * <p>The JDK's common pool is not used, because it belongs to the application: its threads may all
 * be blocked, it may have none at all ({@code
 * java.util.concurrent.ForkJoinPool.common.parallelism=0}), and its idle threads burn processors
 * while many callers wait for one another.
 *
 * <p>Safe for many threads, and for work that divides its own work again.
 */
public final class Processors {
  private static final int HELPERS = Runtime.getRuntime().availableProcessors() - 1;

  /** Values that are not worth another thread. */
  private static final int SORTED = 1 << 13;

  /** Hands over to an idle thread or refuses: nothing waits in it. */
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
          // It outlives the caller, whose class loader it must not keep.
          thread.setContextClassLoader(Processors.class.getClassLoader());
          return thread;
        });
  }

  /**
   * Starts work beside the caller if a thread is idle.
   *
   * @param work computes, and throws nothing
   * @return false if no thread is idle: the work is not done then
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
   * Does the work for 0 to count - 1, each once, in any order, and returns when all is done. After
   * a failure no more is begun, and the failure is thrown.
   *
   * @param count how many there are
   * @param work on one of them; computes
   */
  public static void forEach(int count, IntConsumer work) {
    forEach(count, HELPERS + 1, work);
  }

  /**
   * The same, by fewer threads.
   *
   * @param threads at the most, the caller's among them; 1 or more
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

  /** Work that is divided; each thread that takes part runs it. */
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

    /** Waits for those that take part; who comes later has nothing to do. */
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
