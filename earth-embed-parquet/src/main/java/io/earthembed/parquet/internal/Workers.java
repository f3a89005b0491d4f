package io.earthembed.parquet.internal;

import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.common.EarthEmbedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Divides pages among threads: the caller's, and others that end with the call. */
final class Workers {
  private Workers() {}

  /** Work on one item; returns false if the caller must use another way. */
  interface Item {
    boolean done(int item, Scratch scratch);
  }

  /**
   * Runs the work for the items in [from, to).
   *
   * @param threads the most threads, 1 or more
   * @return whether the work returned true for every item
   */
  static boolean allOf(int from, int to, int threads, Item work) {
    AtomicInteger next = new AtomicInteger(from);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    AtomicBoolean all = new AtomicBoolean(true);
    Runnable loop =
        () -> {
          try (Scratch scratch = new Scratch()) {
            for (int i = next.getAndIncrement(); i < to; i = next.getAndIncrement()) {
              if (!work.done(i, scratch)) {
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
