package io.earthembed.base.http;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are sent again, how often and after which pause. Pauses are random, so
 * that many clients do not return at once; their upper bound doubles with each failure from 0.1 s
 * to 25.6 s. Immutable.
 *
 * @param attempts the most requests that may fail in a row; at least 1
 */
public record RetryPolicy(int attempts) {
  private static final Set<Integer> RETRYABLE = Set.of(408, 425, 429, 500, 502, 503, 504);

  private static final int MOST_DOUBLINGS = 8;

  /** Checks its arguments. */
  public RetryPolicy {
    if (attempts < 1) throw new IllegalArgumentException("attempts must be positive: " + attempts);
  }

  /** Returns whether a status means that the server is temporarily overloaded or faulty. */
  public static boolean isRetryable(int status) {
    return RETRYABLE.contains(status);
  }

  /**
   * Reads Retry-After, which is seconds or a date (RFC 9110, 10.2.3).
   *
   * @return the time to wait, or null if the header is missing, past or malformed
   */
  public static @Nullable Duration retryAfter(HttpHeaders headers) {
    String value = headers.firstValue("Retry-After").orElse("").strip();
    if (value.matches("\\d{1,9}")) return Duration.ofSeconds(Long.parseLong(value));
    Instant date = HttpReplies.date(value);
    if (date == null) return null;
    Duration left = Duration.between(Instant.now(), date);
    return left.isNegative() ? null : left;
  }

  /** Returns whether no further request may be sent after this many failures in a row. */
  public boolean isExhausted(int failures) {
    return failures >= attempts;
  }

  /**
   * Returns the pause before the next request.
   *
   * @param failures requests that have failed in a row
   */
  public Duration pause(int failures) {
    long most = 100L << Math.min(failures, MOST_DOUBLINGS);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, most));
  }

  /** Sleeps for a pause. */
  public static void sleep(Duration pause) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(Deadline.nanos(pause));
  }
}
