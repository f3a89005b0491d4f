package io.earthembed.demo.landscape;

/** The reflectance of one pixel during painting; materials are laid over each other. */
final class Ground {
  private static final int BANDS = 12;

  private final double[] reflectance = new double[BANDS];

  /** Starts with a material. */
  Ground set(Material material) {
    for (int b = 0; b < BANDS; b++) reflectance[b] = material.reflectance(b);
    return this;
  }

  /** Lays a material over the pixel, covering a share of it in [0, 1]. */
  Ground cover(Material material, double share) {
    for (int b = 0; b < BANDS; b++) {
      reflectance[b] = Noise.lerp(reflectance[b], material.reflectance(b), share);
    }
    return this;
  }

  /** Scales all bands by one factor. */
  Ground shade(double factor) {
    for (int b = 0; b < BANDS; b++) reflectance[b] *= factor;
    return this;
  }

  double reflectance(int band) {
    return reflectance[band];
  }
}
