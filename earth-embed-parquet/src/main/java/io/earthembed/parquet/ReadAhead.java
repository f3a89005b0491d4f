package io.earthembed.parquet;

import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.base.thread.Tasks;
import java.util.concurrent.SynchronousQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Produces the next item while one is consumed, on a thread that is interrupted when the call ends.
 */
final class ReadAhead {
  private ReadAhead() {}

  /** An item to hand over; the last step has none. */
  private record Step<T>(@Nullable T item, @Nullable Throwable failure) {}

  /**
   * Produces and consumes items in order; two exist at a time.
   *
   * @param producer passes on one item after another
   * @param consumer receives them on the calling thread
   */
  static <T> void run(Consumer<Consumer<T>> producer, Consumer<T> consumer) {
    SynchronousQueue<Step<T>> handed = new SynchronousQueue<>();
    Thread thread =
        DaemonThreads.named("earth-embed-batches")
            .newThread(
                () -> {
                  Throwable failure = null;
                  try {
                    producer.accept(item -> put(handed, new Step<>(item, null)));
                  } catch (RuntimeException | Error e) {
                    failure = e;
                  }
                  try {
                    handed.put(new Step<>(null, failure));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // nobody waits any more
                  }
                });
    thread.start();
    try {
      while (true) {
        Step<T> step = handed.take();
        if (step.item != null) {
          consumer.accept(step.item);
          continue;
        }
        if (step.failure instanceof RuntimeException known) throw known;
        if (step.failure instanceof Error known) throw known;
        return;
      }
    } catch (InterruptedException e) {
      throw Tasks.interrupted("interrupted while embeddings were read", e);
    } finally {
      thread.interrupt();
    }
  }

  private static <T> void put(SynchronousQueue<T> queue, T item) {
    try {
      queue.put(item);
    } catch (InterruptedException e) {
      throw Tasks.interrupted("no more embeddings are needed", e);
    }
  }
}
