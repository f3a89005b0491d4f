package io.earthembed.base.table;

/** The quantization of AlphaEarth: integers are roots of values, with their sign. */
public final class SignedSquare {
  private SignedSquare() {}

  /** Returns the value of an integer: {@code (integer / divisor)^2 * sign(integer)}. */
  public static float toFloat(int integer, double divisor) {
    double root = integer / divisor;
    return (float) (root * root * Integer.signum(integer));
  }
}
