package io.earthembed.internal;

import java.time.Duration;

/** Checks arguments. Every message names the argument and its value. */
public final class Checks {
  private Checks() {}

  /** Requires a number above 0. */
  public static void positive(String name, long value) {
    if (value < 1) throw new IllegalArgumentException(name + " must be positive: " + value);
  }

  /** Requires a number above 0; NaN is refused. */
  public static void positive(String name, double value) {
    if (!(value > 0)) throw new IllegalArgumentException(name + " must be positive: " + value);
  }

  /** Requires a duration longer than zero. */
  public static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive: " + value);
    }
  }

  /** Requires a number of 0 or more. */
  public static void notNegative(String name, long value) {
    if (value < 0) throw new IllegalArgumentException(name + " must not be negative: " + value);
  }

  /** Requires a number of 0 or more; NaN is refused. */
  public static void notNegative(String name, double value) {
    if (!(value >= 0)) throw new IllegalArgumentException(name + " must not be negative: " + value);
  }

  /** Requires a number that is not NaN. */
  public static void notNan(String name, double value) {
    if (Double.isNaN(value)) throw new IllegalArgumentException(name + " is NaN");
  }
}
