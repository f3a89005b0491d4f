package io.earthembed.image;

/** Checks that bands hold digital numbers (reflectance x 10000), not reflectance itself. */
final class DigitalNumbers {
  /** Reflectance rarely exceeds 2; the digital numbers of a picture rarely all stay below it. */
  private static final float BRIGHT = 2;

  private DigitalNumbers() {}

  /**
   * Refuses FLOAT32 bands whose samples have fractions and are at most 2. As digital numbers they
   * would make a black picture.
   *
   * @throws IllegalArgumentException if they are reflectance
   */
  static void require(Raster... bands) {
    float most = Float.NEGATIVE_INFINITY;
    boolean fractions = false;
    for (Raster band : bands) {
      // Integers are digital numbers.
      if (band.type() != SampleType.FLOAT32) return;
      for (int y = 0; y < band.height(); y++) {
        for (int x = 0; x < band.width(); x++) {
          float value = band.get(y, x, 0);
          if (!Float.isFinite(value)) continue;
          if (value > BRIGHT) return;
          most = Math.max(most, value);
          fractions |= value != Math.rint(value);
        }
      }
    }
    if (fractions) {
      throw new IllegalArgumentException(
          "bands are of FLOAT32 up to "
              + most
              + ", which is reflectance: give digital numbers (reflectance x 10000)");
    }
  }
}
