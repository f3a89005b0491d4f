package io.earthembed.image;

import java.util.Map;

/**
 * Stacks all twelve bands of a tile into one raster of 10 m pixels. Coarser bands are enlarged by
 * nearest neighbour, as for EarthEmbeddingExplorer's embeddings.
 */
public final class BandStack {
  private BandStack() {}

  /**
   * Stacks the bands of a tile.
   *
   * @param bands all of {@link Band}, each h x w x 1, digital numbers (reflectance x 10000) in
   *     UINT16 or FLOAT32; B02 has the size of the result
   * @return h x w x 12 in the order of {@link Band}, with the georeference of B02: UINT16, or
   *     FLOAT32 if any band is FLOAT32. NaN becomes 0, which Sentinel-2 uses for missing data.
   * @throws IllegalArgumentException if a band is missing, has another shape or type, or if all
   *     bands are reflectance in FLOAT32
   */
  public static Raster of(Map<Band, Raster> bands) {
    Band[] order = Band.values();
    Raster first = require(bands, Band.B02);
    int height = first.height();
    int width = first.width();
    Raster[] rasters = new Raster[order.length];
    SampleType type = SampleType.UINT16;
    for (int b = 0; b < order.length; b++) {
      rasters[b] = require(bands, order[b]);
      if (rasters[b].type() == SampleType.FLOAT32) type = SampleType.FLOAT32;
    }
    DigitalNumbers.require(rasters);
    Raster stack = Raster.allocate(height, width, order.length, type);
    for (int b = 0; b < order.length; b++) {
      Raster band = rasters[b];
      for (int y = 0; y < height; y++) {
        int row = (int) ((long) y * band.height() / height);
        for (int x = 0; x < width; x++) {
          int column = (int) ((long) x * band.width() / width);
          float value = band.get(row, column, 0);
          stack.set(y, x, b, Float.isFinite(value) ? value : 0);
        }
      }
    }
    return stack.withReference(first.reference());
  }

  private static Raster require(Map<Band, Raster> bands, Band band) {
    Raster raster = bands.get(band);
    if (raster == null) {
      throw new IllegalArgumentException(band + " is missing, only " + bands.keySet());
    }
    if (raster.bands() != 1 || raster.type() == SampleType.UINT8) {
      throw new IllegalArgumentException(band + " is not of one UINT16 or FLOAT32 band: " + raster);
    }
    return raster;
  }
}
