package io.earthembed.view;

/**
 * The colour map "viridis" of Stefan van der Walt and Nathaniel Smith (CC0), perceptually uniform
 * and readable for colour-blind people. Interpolates linearly in sRGB between ten of its published
 * colours at equal steps.
 */
final class Viridis {
  static final int[] STOPS = {
    0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C,
    0xFDE725
  };

  private Viridis() {}

  /** Returns the colour 0xRRGGBB of a value; values outside [0, 1] get the colour of the end. */
  static int rgb(double value) {
    double at = Math.max(0, Math.min(1, value)) * (STOPS.length - 1);
    int i = Math.min(STOPS.length - 2, (int) at);
    double part = at - i;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = STOPS[i] >> shift & 0xFF;
      int b = STOPS[i + 1] >> shift & 0xFF;
      rgb |= (int) Math.round(a + (b - a) * part) << shift;
    }
    return rgb;
  }
}
