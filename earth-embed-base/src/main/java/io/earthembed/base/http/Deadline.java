package io.earthembed.base.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The time by which an operation with all its requests and pauses must be done. Immutable.
 *
 * @param nanoTime that time, as {@link System#nanoTime} counts
 * @param limit how long the operation may take, for messages
 */
public record Deadline(long nanoTime, Duration limit) {
  /** Returns a deadline that starts now. */
  public static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + nanos(limit), limit);
  }

  /** Returns a deadline that never comes. */
  public static Deadline none() {
    return in(Duration.ofDays(36_500));
  }

  /** Returns the remaining nanoseconds; zero or less after the deadline. */
  public long left() {
    return nanoTime - System.nanoTime();
  }

  /** Returns a duration in nanoseconds, or {@link Long#MAX_VALUE} if a long cannot hold them. */
  public static long nanos(Duration time) {
    return TimeUnit.NANOSECONDS.convert(time);
  }
}
