package io.earthembed.catalog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Converts the times of tiles to the milliseconds of a catalog. The smallest long stands for an
 * unknown time, so that no period contains it.
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

  /** Returns the nearest time that a catalog can hold. */
  static Instant clamp(Instant time) {
    return time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time;
  }
}
