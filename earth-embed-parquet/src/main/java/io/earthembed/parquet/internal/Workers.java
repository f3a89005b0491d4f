package io.earthembed.parquet.internal;

import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.common.EarthEmbedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Divides pages among threads: the caller's, and others that end with the call. */
final class Workers {
  private Workers() {}

  /** The memory and tools of one thread, which it uses for one item after another. */
  interface Tools extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Work on one item; returns false if the caller must use another way.
   *
   * @param <T> what a thread needs for it
   */
  interface Item<T> {
    boolean done(int item, T tools);
  }

  /** Runs work that needs no tools for the items in [from, to). */
  static boolean allOf(int from, int to, int threads, IntPredicate work) {
    Tools none = () -> {};
    return allOf(from, to, threads, () -> none, (item, tools) -> work.test(item));
  }

  /**
   * Runs the work for the items in [from, to).
   *
   * @param threads the most threads, 1 or more
   * @param tools makes a thread's tools, which are closed at the end
   * @return whether the work returned true for every item
   */
  static <T extends Tools> boolean allOf(
      int from, int to, int threads, Supplier<T> tools, Item<? super T> work) {
    AtomicInteger next = new AtomicInteger(from);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    AtomicBoolean all = new AtomicBoolean(true);
    Runnable loop =
        () -> {
          try (T own = tools.get()) {
            for (int i = next.getAndIncrement(); i < to; i = next.getAndIncrement()) {
              if (!work.done(i, own)) {
                all.set(false);
                next.set(to);
              }
            }
          } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            next.set(to);
          }
        };
    List<Thread> others = new ArrayList<>();
    for (int t = 1; t < Math.min(threads, to - from); t++) {
      Thread thread = DaemonThreads.named("earth-embed-decode-" + t).newThread(loop);
      thread.start();
      others.add(thread);
    }
    loop.run();
    // Their reads are useless now and may take long.
    if (failure.get() != null) others.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread other : others) {
      while (other.isAlive()) {
        try {
          other.join();
        } catch (InterruptedException e) {
          interrupted = true;
          next.set(to);
          others.forEach(Thread::interrupt);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new EarthEmbedException("interrupted while embeddings were decoded");
    }
    Throwable e = failure.get();
    if (e instanceof RuntimeException known) throw known;
    if (e instanceof Error known) throw known;
    return all.get();
  }
}
