package io.earthembed.image;

/**
 * The Sentinel-2 bands of a MajorTOM Core-S2L2A shard, in the order of its columns. Level 2A has no
 * B10. Resolutions: ESA, Sentinel-2 User Handbook.
 */
public enum Band {
  /** Coastal aerosol, 443 nm. */
  B01(60),
  /** Blue, 490 nm. */
  B02(10),
  /** Green, 560 nm. */
  B03(10),
  /** Red, 665 nm. */
  B04(10),
  /** Red edge, 705 nm. */
  B05(20),
  /** Red edge, 740 nm. */
  B06(20),
  /** Red edge, 783 nm. */
  B07(20),
  /** Near infrared, 842 nm. */
  B08(10),
  /** Narrow near infrared, 865 nm. */
  B8A(20),
  /** Water vapor, 945 nm. */
  B09(60),
  /** Short-wave infrared, 1610 nm. */
  B11(20),
  /** Short-wave infrared, 2190 nm. */
  B12(20);

  private final int meters;

  Band(int meters) {
    this.meters = meters;
  }

  /** Returns the ground size of a pixel in metres: 10, 20 or 60. */
  public int meters() {
    return meters;
  }
}
