package io.earthembed.races;

import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/** The outcome of a call in a word, which the tests compare with the expected ones. */
final class CallOutcome {
  static final String RIGHT = "right";
  static final String CLOSED = "closed";
  static final String DONE = "done";

  private CallOutcome() {}

  /** Returns {@link #RIGHT} or "wrong", {@link #CLOSED}, or the class of another exception. */
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
   * Closes a resource after a random pause. Without it, a longer call would mostly be over or not
   * begun.
   */
  static String closing(AutoCloseable resource, int maxMicros) {
    long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(1_000L * maxMicros);
    while (System.nanoTime() < end) Thread.onSpinWait();
    return closing(resource);
  }

  /** Closes a resource; returns {@link #DONE}, or the class of the exception. */
  static String closing(AutoCloseable resource) {
    try {
      resource.close();
      return DONE;
    } catch (Exception e) {
      return e.getClass().getName();
    }
  }
}
