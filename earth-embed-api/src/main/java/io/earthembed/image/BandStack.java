package io.earthembed.image;

import java.util.Map;

/**
 * All twelve bands of a tile as one raster of 10 m pixels: coarser bands are repeated, the nearest
 * neighbour, as EarthEmbeddingExplorer's embeddings were made.
 */
public final class BandStack {
  private BandStack() {}

  /**
   * Stacks them.
   *
   * @param bands all of {@link Band}, each h x w x 1 UINT16; B02 has the size of the result
   * @return h x w x 12 UINT16 in the order of {@link Band}, with the place of B02
   * @throws IllegalArgumentException if a band is missing, or is not of one UINT16 band
   */
  public static Raster of(Map<Band, Raster> bands) {
    Band[] order = Band.values();
    Raster first = require(bands, Band.B02);
    int height = first.height();
    int width = first.width();
    Raster stack = Raster.allocate(height, width, order.length, SampleType.UINT16);
    for (int b = 0; b < order.length; b++) {
      Raster band = require(bands, order[b]);
      for (int y = 0; y < height; y++) {
        int row = (int) ((long) y * band.height() / height);
        for (int x = 0; x < width; x++) {
          int column = (int) ((long) x * band.width() / width);
          stack.set(y, x, b, band.get(row, column, 0));
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
    if (raster.bands() != 1 || raster.type() != SampleType.UINT16) {
      throw new IllegalArgumentException(band + " is not of one UINT16 band: " + raster);
    }
    return raster;
  }
}
