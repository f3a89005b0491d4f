package io.earthembed.image;

/**
 * Composes true-colour pictures from Sentinel-2 surface reflectance: {@code clip(2.5 * DN / 10000,
 * 0, 1) * 255}, truncated to 8 bits, red B04, green B03, blue B02. The tone curve and the
 * truncation are those of EarthEmbeddingExplorer's preprocessing, so that embeddings match.
 */
public final class TrueColor {
  private TrueColor() {}

  /**
   * Composes three bands. Negative samples and NaN become 0.
   *
   * @param red B04, h x w x 1, digital numbers (reflectance x 10000) of any type
   * @param green B03, the same size
   * @param blue B02, the same size
   * @return h x w x 3, UINT8, with red's georeference
   * @throws IllegalArgumentException if the sizes of the bands differ, or the bands are reflectance
   *     in FLOAT32
   */
  public static Raster compose(Raster red, Raster green, Raster blue) {
    return compose(red, green, blue, TrueColor::toByte);
  }

  /**
   * Composes three bands with the tone curve of the thumbnails in MajorTOM's shards: {@code
   * clip(1.3 * (DN / 10000)^0.6, 0, 1) * 255}, truncated. The result is brighter than that of
   * {@link #compose}. EarthEmbeddingExplorer's embeddings were made from the latter, but a click on
   * its map queries with the thumbnail.
   *
   * @param red B04, h x w x 1, digital numbers (reflectance x 10000) of any type
   * @param green B03, the same size
   * @param blue B02, the same size
   * @return h x w x 3, UINT8, with red's georeference
   * @throws IllegalArgumentException if the sizes of the bands differ, or the bands are reflectance
   *     in FLOAT32
   */
  public static Raster thumbnail(Raster red, Raster green, Raster blue) {
    return compose(red, green, blue, TrueColor::toThumbnailByte);
  }

  private static Raster compose(Raster red, Raster green, Raster blue, Curve curve) {
    Raster rgb = Raster.allocate(red.height(), red.width(), 3, SampleType.UINT8);
    Raster[] bands = {red, green, blue};
    for (int b = 0; b < 3; b++) {
      Raster band = bands[b];
      if (band.height() != red.height() || band.width() != red.width() || band.bands() != 1) {
        throw new IllegalArgumentException("bands of two shapes: " + red + " and " + band);
      }
    }
    DigitalNumbers.require(bands);
    for (int b = 0; b < 3; b++) {
      Raster band = bands[b];
      for (int y = 0; y < red.height(); y++) {
        for (int x = 0; x < red.width(); x++) rgb.set(y, x, b, curve.tone(band.get(y, x, 0)));
      }
    }
    return rgb.withReference(red.reference());
  }

  /** Returns the 8-bit tone of a digital number: 0, 63, 254, 255 for 0, 1000, 3999, 4000. */
  static int toByte(float dn) {
    return (int) (Math.max(0, Math.min(1, 2.5f * dn / 10000f)) * 255);
  }

  static int toThumbnailByte(float dn) {
    return (int) (Math.max(0, Math.min(1, 1.3 * Math.pow(dn / 10000.0, 0.6))) * 255);
  }

  private interface Curve {
    int tone(float dn);
  }

  /**
   * Inverts the tone curve: returns the smallest digital number that {@link #compose} maps to an
   * 8-bit tone.
   *
   * @param tone in [0, 255]
   * @throws IllegalArgumentException if it is outside
   */
  public static int toDigitalNumber(int tone) {
    if (tone < 0 || tone > 255)
      throw new IllegalArgumentException("tone outside [0, 255]: " + tone);
    int dn = (int) Math.ceil(tone * 4000.0 / 255);
    while (toByte(dn) < tone) dn++;
    return dn;
  }
}
