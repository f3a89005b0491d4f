package io.earthembed.onnx;

import io.earthembed.geo.GeoPoint;

/** Spherical harmonics of a place, the features of a location tower. Safe for many threads. */
interface Harmonics {
  /** How many features: degrees². */
  int count();

  /**
   * The features in the order l = 0, 1, ..., and m = -l, ..., l within a degree: Y(l, m) is at l² +
   * l + m.
   */
  double[] of(GeoPoint place);
}
