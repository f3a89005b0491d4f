package io.earthembed.base.thread;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for work of other threads. */
public final class Tasks {
  private Tasks() {}

  /**
   * Waits for work and returns its result.
   *
   * @param what the work in messages, for example "reading a.parquet"
   * @throws RuntimeException as the work threw it; so are errors
   * @throws EarthEmbedException if the work threw a checked exception, or if the calling thread is
   *     interrupted; it remains interrupted
   */
  public static <T> T await(Future<T> work, String what) {
    try {
      return work.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) throw known;
      if (e.getCause() instanceof Error known) throw known;
      throw new EarthEmbedException(what + " failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      throw interrupted("interrupted while " + what, e);
    }
  }

  /**
   * Marks the calling thread as interrupted again.
   *
   * @param message says what was interrupted
   * @return the exception to throw
   */
  public static EarthEmbedException interrupted(String message, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new EarthEmbedException(message, cause);
  }

  /**
   * Returns a failure of an imagery store's read, or another exception if it is only the
   * consequence of closing the store.
   *
   * @param closed whether the store was closed
   */
  public static RuntimeException orClosed(RuntimeException failure, boolean closed) {
    boolean itself =
        failure instanceof IllegalArgumentException
            || failure instanceof IllegalStateException
                && !(failure instanceof CancellationException)
            || failure instanceof CorruptDataException;
    return itself || !closed ? failure : new IllegalStateException("the store was closed", failure);
  }
}
