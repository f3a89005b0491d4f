package io.earthembed.onnx;

import io.earthembed.geo.GeoPoint;

/**
 * Real orthonormal spherical harmonics of a place, SatCLIP's "closed form" (Klemmer et al.,
 * "SatCLIP: Global, General-Purpose Location Embeddings with Satellite Imagery", 2023; the basis
 * after Rußwurm et al., "Geographic Location Encoding with Spherical Harmonics and Sinusoidal
 * Representation Networks", 2024).
 *
 * <p>With phi = radians(longitude + 180), theta = radians(latitude + 90) and x = cos(theta):
 *
 * <pre>
 *   Y(l,  0) = K(l,0) P(l,0,x)
 *   Y(l, +m) = sqrt(2) K(l,m) cos(m phi) P(l,m,x)
 *   Y(l, -m) = sqrt(2) K(l,m) sin(m phi) P(l,m,x)
 *   K(l,m)   = sqrt((2l+1) (l-m)! / (4 pi (l+m)!))
 * </pre>
 *
 * P are the associated Legendre functions with the Condon-Shortley sign (-1)^m. K and P are never
 * computed apart, because the factorials overflow: K P obeys a three-term recurrence in l that is
 * stable upwards (Press et al., "Numerical Recipes", 3rd edition, section 6.7).
 *
 * <p>Immutable, hence safe for many threads.
 */
final class SphericalHarmonics implements Harmonics {
  /** Most degrees: degree² features of 1024 degrees are a tensor of 4 MB for each place. */
  static final int MAX_DEGREES = 1024;

  private final int degrees;

  /**
   * @param degrees number of degrees, 0 to degrees - 1
   */
  SphericalHarmonics(int degrees) {
    this.degrees = degrees;
  }

  @Override
  public int count() {
    return degrees * degrees;
  }

  @Override
  public double[] of(GeoPoint place) {
    double phi = Math.toRadians(place.longitude() + 180);
    double theta = Math.toRadians(place.latitude() + 90);
    double x = Math.cos(theta);
    double sin = Math.sin(theta);
    double[] features = new double[count()];
    double diagonal = Math.sqrt(1 / (4 * Math.PI)); // K P of (0, 0), then of (m, m)
    for (int m = 0; m < degrees; m++) {
      if (m > 0) diagonal *= -Math.sqrt((2.0 * m + 1) / (2.0 * m)) * sin;
      double scale = m == 0 ? 1 : Math.sqrt(2);
      double cosine = scale * Math.cos(m * phi);
      double sine = scale * Math.sin(m * phi);
      double beforeLast = 0;
      double last = 0;
      for (int l = m; l < degrees; l++) {
        double value = l == m ? diagonal : ascend(l, m, x, last, beforeLast);
        int center = l * l + l;
        if (m > 0) features[center - m] = sine * value;
        features[center + m] = cosine * value;
        beforeLast = last;
        last = value;
      }
    }
    return features;
  }

  /** Computes K P of (l, m) from those of (l - 1, m) and (l - 2, m). */
  private static double ascend(int l, int m, double x, double last, double beforeLast) {
    double ll = (double) l * l;
    double mm = (double) m * m;
    double below = (l - 1.0) * (l - 1.0);
    double damping = Math.sqrt((below - mm) / (4 * below - 1));
    return Math.sqrt((4 * ll - 1) / (ll - mm)) * (x * last - damping * beforeLast);
  }
}
