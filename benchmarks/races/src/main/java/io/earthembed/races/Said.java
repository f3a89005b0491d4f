package io.earthembed.races;

import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/** How a call ended, in a word that the tests expect or do not. */
final class Said {
  static final String RIGHT = "right";
  static final String CLOSED = "closed";
  static final String DONE = "done";

  private Said() {}

  /** {@link #RIGHT} for true, {@link #CLOSED} for the exception that says so, or what else came. */
  static String of(Callable<Boolean> call) {
    try {
      return call.call() ? RIGHT : "wrong";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage()).contains("closed") ? CLOSED : e.getClass().getName();
    } catch (Exception e) {
      return e.getClass().getName();
    }
  }

  /**
   * The same at any moment of a call that takes about so long, which would mostly be over or not
   * begun otherwise.
   */
  static String closing(AutoCloseable resource, int mostMicros) {
    long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(1_000L * mostMicros);
    while (System.nanoTime() < end) Thread.onSpinWait();
    return closing(resource);
  }

  /** {@link #DONE}, or what came instead. */
  static String closing(AutoCloseable resource) {
    try {
      resource.close();
      return DONE;
    } catch (Exception e) {
      return e.getClass().getName();
    }
  }
}
