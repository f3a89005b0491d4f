package io.earthembed.geo;

/**
 * A zone of the Universal Transverse Mercator projection on the WGS 84 ellipsoid, in metres.
 * Forward and inverse use Krüger's series in the third flattening to the sixth order (C. F. F.
 * Karney, "Transverse Mercator with an accuracy of a few nanometers", Journal of Geodesy 85, 2011,
 * equations 7, 8, 35 and 36).
 *
 * @param zone 1 to 60
 * @param north true if northings count from the equator; in southern zones they count from 10,000
 *     km south of it
 */
public record Utm(int zone, boolean north) {
  private static final double A = 6_378_137;
  private static final double F = 1 / 298.257223563;
  private static final double N = F / (2 - F);
  private static final double E = Math.sqrt(F * (2 - F));
  private static final double SCALE = 0.9996;
  private static final double FALSE_EASTING = 500_000;
  private static final double FALSE_NORTHING = 10_000_000;
  private static final double RADIUS =
      A / (1 + N) * (1 + N * N / 4 * (1 + N * N / 16 * (1 + N * N / 4)));

  private static final double[] ALPHA = {
    N
        * (1 / 2.0
            + N
                * (-2 / 3.0
                    + N * (5 / 16.0 + N * (41 / 180.0 + N * (-127 / 288.0 + N * 7891 / 37800.0))))),
    N
        * N
        * (13 / 48.0
            + N * (-3 / 5.0 + N * (557 / 1440.0 + N * (281 / 630.0 - N * 1983433 / 1935360.0)))),
    pow(3) * (61 / 240.0 + N * (-103 / 140.0 + N * (15061 / 26880.0 + N * 167603 / 181440.0))),
    pow(4) * (49561 / 161280.0 + N * (-179 / 168.0 + N * 6601661 / 7257600.0)),
    pow(5) * (34729 / 80640.0 - N * 3418889 / 1995840.0),
    pow(6) * (212378941 / 319334400.0)
  };

  private static final double[] BETA = {
    N
        * (1 / 2.0
            + N
                * (-2 / 3.0
                    + N
                        * (37 / 96.0
                            + N * (-1 / 360.0 + N * (-81 / 512.0 + N * 96199 / 604800.0))))),
    N
        * N
        * (1 / 48.0
            + N * (1 / 15.0 + N * (-437 / 1440.0 + N * (46 / 105.0 - N * 1118711 / 3870720.0)))),
    pow(3) * (17 / 480.0 + N * (-37 / 840.0 + N * (-209 / 4480.0 + N * 5569 / 90720.0))),
    pow(4) * (4397 / 161280.0 + N * (-11 / 504.0 - N * 830251 / 7257600.0)),
    pow(5) * (4583 / 161280.0 - N * 108847 / 3991680.0),
    pow(6) * (20648693 / 638668800.0)
  };

  /** Checks its arguments. */
  public Utm {
    if (zone < 1 || zone > 60) throw new IllegalArgumentException("zone outside [1, 60]: " + zone);
  }

  private static double pow(int exponent) {
    return Math.pow(N, exponent);
  }

  /**
   * Returns the zone of a point, with the exceptions for southwest Norway and Svalbard, as in Major
   * TOM.
   */
  public static Utm of(GeoPoint point) {
    double lat = point.latitude();
    double lon = point.longitude();
    int zone = (int) Math.floor((lon + 180) / 6) % 60 + 1;
    if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) zone = 32;
    if (lat >= 72 && lat < 84 && lon >= 0 && lon < 42) {
      zone = lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
    }
    return new Utm(zone, lat >= 0);
  }

  /**
   * Returns the zone of an EPSG code.
   *
   * @throws IllegalArgumentException unless it is 32601 to 32660 or 32701 to 32760
   */
  public static Utm ofEpsg(int epsg) {
    int zone = epsg % 100;
    if ((epsg / 100 != 326 && epsg / 100 != 327) || zone < 1 || zone > 60) {
      throw new IllegalArgumentException("not a WGS 84 UTM zone: EPSG:" + epsg);
    }
    return new Utm(zone, epsg / 100 == 326);
  }

  /** Returns the EPSG code: 326zz in the north, 327zz in the south. */
  public int epsg() {
    return (north ? 32600 : 32700) + zone;
  }

  private double centralMeridian() {
    return zone * 6 - 183;
  }

  /**
   * A position in a zone, in metres.
   *
   * @param easting 500,000 on the zone's central meridian
   * @param northing from the equator, or from 10,000 km south of it
   */
  public record Point(double easting, double northing) {}

  /** Projects a point, which may lie outside the zone by a few degrees. */
  public Point project(GeoPoint point) {
    double phi = Math.toRadians(point.latitude());
    double turn = point.longitude() - centralMeridian();
    double lambda = Math.toRadians(turn - 360 * Math.rint(turn / 360));
    if (Math.abs(lambda) > Math.PI / 3) {
      throw new IllegalArgumentException(point + " is too far from zone " + zone);
    }
    double sin = Math.sin(phi);
    double t = Math.sinh(atanh(sin) - E * atanh(E * sin));
    double xi0 = Math.atan2(t, Math.cos(lambda));
    double eta0 = atanh(Math.sin(lambda) / Math.sqrt(1 + t * t));
    double xi = xi0;
    double eta = eta0;
    for (int j = 1; j <= 6; j++) {
      xi += ALPHA[j - 1] * Math.sin(2 * j * xi0) * Math.cosh(2 * j * eta0);
      eta += ALPHA[j - 1] * Math.cos(2 * j * xi0) * Math.sinh(2 * j * eta0);
    }
    return new Point(
        FALSE_EASTING + SCALE * RADIUS * eta, (north ? 0 : FALSE_NORTHING) + SCALE * RADIUS * xi);
  }

  /**
   * Returns the point at a position in this zone.
   *
   * @param easting metres
   * @param northing metres
   * @throws IllegalArgumentException if no point lies there
   */
  public GeoPoint unproject(double easting, double northing) {
    double xi = (northing - (north ? 0 : FALSE_NORTHING)) / (SCALE * RADIUS);
    double eta = (easting - FALSE_EASTING) / (SCALE * RADIUS);
    if (!(Math.abs(xi) <= Math.PI / 2 + 0.01) || !(Math.abs(eta) < 1)) {
      throw new IllegalArgumentException(
          "nothing lies at " + easting + ", " + northing + " of " + this);
    }
    double xi0 = xi;
    double eta0 = eta;
    for (int j = 1; j <= 6; j++) {
      xi0 -= BETA[j - 1] * Math.sin(2 * j * xi) * Math.cosh(2 * j * eta);
      eta0 -= BETA[j - 1] * Math.cos(2 * j * xi) * Math.sinh(2 * j * eta);
    }
    double sinhEta = Math.sinh(eta0);
    double cosXi = Math.cos(xi0);
    double tauPrime = Math.sin(xi0) / Math.hypot(sinhEta, cosXi);
    // Newton's method for the latitude's tangent (Karney, equations 19 to 21); three steps suffice,
    // five are safe.
    double tau = tauPrime;
    for (int i = 0; i < 5; i++) {
      double sigma = Math.sinh(E * atanh(E * tau / Math.hypot(1, tau)));
      double guess = tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau);
      tau +=
          (tauPrime - guess)
              / Math.hypot(1, guess)
              * (1 + (1 - E * E) * tau * tau)
              / ((1 - E * E) * Math.hypot(1, tau));
    }
    double latitude = Math.toDegrees(Math.atan(tau));
    double longitude = centralMeridian() + Math.toDegrees(Math.atan2(sinhEta, cosXi));
    return new GeoPoint(Math.max(-90, Math.min(90, latitude)), longitude);
  }

  private static double atanh(double x) {
    return 0.5 * Math.log1p(2 * x / (1 - x));
  }
}
