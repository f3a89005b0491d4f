package io.earthembed.view;

/**
 * Map projections. Both are pseudocylindrical: parallels are straight lines, divided evenly by
 * longitude.
 */
public enum Projection {
  /** Plots degrees directly. Areas grow towards the poles: twofold at 60 degrees of latitude. */
  PLATE_CARREE {
    @Override
    double stretch(double latitude) {
      return Math.toRadians(1);
    }

    @Override
    double rise(double latitude) {
      return Math.toRadians(latitude);
    }
  },

  /**
   * Equal Earth, an equal-area projection. Formula: B. Savric, T. Patterson, B. Jenny, "The Equal
   * Earth map projection", International Journal of Geographical Information Science 33 (2019), on
   * the sphere.
   */
  EQUAL_EARTH {
    @Override
    double stretch(double latitude) {
      double t = theta(latitude);
      double t2 = t * t;
      double t6 = t2 * t2 * t2;
      return Math.toRadians(1)
          * Math.cos(t)
          / (M * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2)));
    }

    @Override
    double rise(double latitude) {
      double t = theta(latitude);
      double t2 = t * t;
      return t * (A1 + A2 * t2 + t2 * t2 * t2 * (A3 + A4 * t2));
    }

    private double theta(double latitude) {
      return Math.asin(M * Math.sin(Math.toRadians(latitude)));
    }
  };

  private static final double A1 = 1.340264;
  private static final double A2 = -0.081106;
  private static final double A3 = 0.000893;
  private static final double A4 = 0.003796;
  private static final double M = Math.sqrt(3) / 2;

  /** Returns the width of one degree of longitude at a latitude, in radii of the Earth. */
  abstract double stretch(double latitude);

  /** Returns the height of a parallel above the equator, in radii of the Earth. */
  abstract double rise(double latitude);

  /** Returns the name for legends. */
  String title() {
    return this == EQUAL_EARTH ? "Equal Earth, equal areas" : "Plate carrée";
  }
}
