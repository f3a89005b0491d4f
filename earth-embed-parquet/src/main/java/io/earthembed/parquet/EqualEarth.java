package io.earthembed.parquet;

import java.util.HashMap;
import java.util.Map;

/**
 * The inverse of the Equal Earth projection, which PROJ4J lacks (Šavrič, Patterson and Jenny, "The
 * Equal Earth map projection", 2018), on an ellipsoid by authalic latitudes (Snyder, "Map
 * Projections: A Working Manual", 1987, equations 3-11 and 3-16). Immutable.
 */
final class EqualEarth {
  private static final double A1 = 1.340264;
  private static final double A2 = -0.081106;
  private static final double A3 = 0.000893;
  private static final double A4 = 0.003796;
  private static final double M = Math.sqrt(3) / 2;
  private static final int STEPS = 30;

  private final double lon0;
  private final double x0;
  private final double y0;
  private final double meter;

  /** The square of the eccentricity; 0 for a sphere. */
  private final double e2;

  /** The radius of the sphere of equal area. */
  private final double radius;

  private EqualEarth(Map<String, Double> parameters) {
    lon0 = parameters.getOrDefault("lon_0", 0.0);
    x0 = parameters.getOrDefault("x_0", 0.0);
    y0 = parameters.getOrDefault("y_0", 0.0);
    meter = parameters.getOrDefault("to_meter", 1.0);
    double a = parameters.getOrDefault("a", parameters.getOrDefault("R", 6_378_137.0));
    double rf = parameters.getOrDefault("rf", 0.0);
    double b = parameters.getOrDefault("b", rf == 0 ? a : a - a / rf);
    e2 = 1 - b * b / (a * a);
    radius = a * Math.sqrt(q(1) / 2);
  }

  /** Returns the projection of {@code +proj=eqearth} parameters. */
  static EqualEarth of(String parameters) {
    Map<String, Double> values = new HashMap<>();
    for (String parameter : parameters.split(" ", -1)) {
      String[] parts = parameter.substring(1).split("=", 2);
      if (parts.length == 2 && !parts[0].equals("proj")) {
        values.put(parts[0], Double.parseDouble(parts[1]));
      }
    }
    return new EqualEarth(values);
  }

  /** Returns q of equation 3-12, of the sine of a latitude. */
  private double q(double sine) {
    if (e2 < 1e-15) return 2 * sine;
    double e = Math.sqrt(e2);
    double es = e * sine;
    return (1 - e2) * (sine / (1 - es * es) - Math.log((1 - es) / (1 + es)) / (2 * e));
  }

  /**
   * Returns longitude and latitude in degrees; NaN beyond the edge of the map.
   *
   * @param x easting
   * @param y northing
   */
  double[] inverse(double x, double y) {
    double height = (y * meter - y0) / radius;
    double psi = height;
    for (int i = 0; i < STEPS; i++) {
      double p2 = psi * psi;
      double p6 = p2 * p2 * p2;
      double f = psi * (A1 + A2 * p2 + p6 * (A3 + A4 * p2)) - height;
      double slope = A1 + 3 * A2 * p2 + p6 * (7 * A3 + 9 * A4 * p2);
      double step = f / slope;
      psi -= step;
      if (Math.abs(step) < 1e-14) break;
    }
    double p2 = psi * psi;
    double p6 = p2 * p2 * p2;
    double slope = A1 + 3 * A2 * p2 + p6 * (7 * A3 + 9 * A4 * p2);
    double longitude = M * (x * meter - x0) / radius * slope / Math.cos(psi);
    double sine = Math.sin(psi) / M;
    if (Math.abs(sine) > 1 + 1e-9 || Math.abs(longitude) > Math.PI + 1e-9) {
      return new double[] {Double.NaN, Double.NaN};
    }
    double latitude = latitude(Math.max(-1, Math.min(1, sine)));
    return new double[] {Math.toDegrees(longitude) + lon0, Math.toDegrees(latitude)};
  }

  /** Returns the latitude of a sine of the authalic latitude. */
  private double latitude(double authalic) {
    double wanted = q(1) * authalic;
    double phi = Math.asin(authalic);
    double e = Math.sqrt(e2);
    if (e2 < 1e-15 || Math.abs(authalic) == 1) return phi;
    for (int i = 0; i < STEPS; i++) {
      double sine = Math.sin(phi);
      double es = e * sine;
      double rest = 1 - es * es;
      double step =
          rest
              * rest
              / (2 * Math.cos(phi))
              * (wanted / (1 - e2) - sine / rest + Math.log((1 - es) / (1 + es)) / (2 * e));
      if (!Double.isFinite(step)) break;
      phi += step;
      if (Math.abs(step) < 1e-14) break;
    }
    return phi;
  }
}
