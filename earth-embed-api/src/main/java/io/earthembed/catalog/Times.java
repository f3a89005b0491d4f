package io.earthembed.catalog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Instants that a catalog can hold: whose milliseconds since 1970 are a long. The least of these
 * stands for a time that is not known, so that no period has it.
 */
final class Times {
  private static final Instant FIRST = Instant.ofEpochMilli(TileCatalog.UNKNOWN_TIME + 1);
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  private Times() {}

  static long toMillis(@Nullable Instant time) {
    return time == null ? TileCatalog.UNKNOWN_TIME : time.toEpochMilli();
  }

  static @Nullable Instant ofMillis(long time) {
    return time == TileCatalog.UNKNOWN_TIME ? null : Instant.ofEpochMilli(time);
  }

  /** The nearest of them. */
  static Instant clamp(Instant time) {
    return time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time;
  }
}
