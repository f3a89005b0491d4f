package io.earthembed;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;

/** Small pictures to ask with. */
final class ImageQueries {
  private ImageQueries() {}

  static Raster picture(int seed) {
    Raster raster = Raster.allocate(4, 4, 3, SampleType.UINT8);
    for (int i = 0; i < 16; i++) raster.set(i / 4, i % 4, i % 3, (seed * 31 + i * 7) % 256);
    return raster;
  }
}
