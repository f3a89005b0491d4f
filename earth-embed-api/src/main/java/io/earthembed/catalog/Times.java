package io.earthembed.catalog;

import java.time.Instant;

/** Instants that a catalog can hold: whose milliseconds since 1970 are a long. */
final class Times {
  private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE);
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  private Times() {}

  /** The nearest of them. */
  static Instant clamp(Instant time) {
    return time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time;
  }
}
