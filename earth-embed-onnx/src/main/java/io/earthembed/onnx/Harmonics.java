package io.earthembed.onnx;

import io.earthembed.geo.GeoPoint;

/** Spherical harmonics of a place, the features of a location tower. Safe for many threads. */
interface Harmonics {
  /** Returns the number of features: degrees². */
  int count();

  /**
   * Returns the features of a place, ordered by degree l = 0, 1, ... and within a degree by m = -l,
   * ..., l: Y(l, m) is at l² + l + m.
   */
  double[] of(GeoPoint place);
}
