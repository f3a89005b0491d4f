package io.earthembed.demo.landscape;

import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.TrueColor;

/**
 * A generated scene: twelve bands of plausible surface reflectance x 10000, UINT16, at their native
 * resolution of 10, 20 or 60 m. Kind, seed and size determine the pixels on every machine.
 * Immutable and safe for many threads.
 */
public final class Landscape {
  private final LandscapeKind kind;
  private final Raster all;

  private Landscape(LandscapeKind kind, Raster all) {
    this.kind = kind;
    this.all = all;
  }

  /**
   * Generates a scene.
   *
   * @param kind content of the scene
   * @param seed selects the scene
   * @param size pixels of 10 m on a side, from 16 to 4096
   */
  public static Landscape generate(LandscapeKind kind, long seed, int size) {
    if (size < 16 || size > 4096) {
      throw new IllegalArgumentException("size outside [16, 4096]: " + size);
    }
    return new Landscape(kind, new Painter(kind, seed, size).paint());
  }

  /** Returns the kind of landscape. */
  public LandscapeKind kind() {
    return kind;
  }

  /**
   * Returns one band at its native resolution; each pixel is the mean of the 10 m pixels under it.
   *
   * @return square, 1 band, UINT16; size, size / 2 or size / 6 pixels on a side, rounded
   */
  public Raster band(Band band) {
    int size = all.height();
    int side = Math.max(1, Math.round(size * 10f / band.meters()));
    Raster raster = Raster.allocate(side, side, 1, SampleType.UINT16);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double sum = 0;
        int n = 0;
        for (int sy = y * size / side; sy < (y + 1) * size / side; sy++) {
          for (int sx = x * size / side; sx < (x + 1) * size / side; sx++, n++) {
            sum += all.get(sy, sx, band.ordinal());
          }
        }
        raster.set(y, x, 0, Math.round(sum / n));
      }
    }
    return raster;
  }

  /** Returns the true-colour picture, size x size x 3, UINT8. */
  public Raster trueColor() {
    return TrueColor.compose(band(Band.B04), band(Band.B03), band(Band.B02));
  }

  @Override
  public String toString() {
    return "Landscape[" + kind + ", " + all.height() + " x " + all.width() + "]";
  }
}
