package io.earthembed.base.table;

/** Converts IEEE 754 binary16, for which Java 17 has no method. */
public final class Float16 {
  private static final float[] FLOATS = new float[1 << 16];

  static {
    for (int i = 0; i < FLOATS.length; i++) FLOATS[i] = convert(i);
  }

  private Float16() {}

  /** Returns the value of a binary16. */
  public static float toFloat(short half) {
    return FLOATS[half & 0xFFFF];
  }

  private static float convert(int half) {
    int exponent = half >> 10 & 0x1F;
    int fraction = half & 0x3FF;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
        };
    return (half & 0x8000) == 0 ? magnitude : -magnitude;
  }
}
