package io.earthembed.geo;

import java.util.Locale;

/**
 * A point on the Earth, in WGS 84 degrees.
 *
 * @param latitude in [-90, 90]
 * @param longitude finite; normalised to [-180, 180)
 */
public record GeoPoint(double latitude, double longitude) {
  /** Mean Earth radius in metres (IUGG R1), for great-circle distances. */
  public static final double EARTH_RADIUS = 6_371_008.8;

  /** Checks and normalises its arguments. */
  public GeoPoint {
    if (!(latitude >= -90 && latitude <= 90)) {
      throw new IllegalArgumentException("latitude outside [-90, 90]: " + latitude);
    }
    if (!Double.isFinite(longitude)) {
      throw new IllegalArgumentException("longitude is not finite: " + longitude);
    }
    if (longitude < -180 || longitude >= 180) {
      longitude = Math.IEEEremainder(longitude, 360); // exact, in [-180, 180]
      if (longitude >= 180) longitude = -180;
    }
  }

  /**
   * Returns the great-circle distance in metres on a sphere of {@link #EARTH_RADIUS} (haversine
   * formula).
   */
  public double distanceTo(GeoPoint other) {
    double lat1 = Math.toRadians(latitude);
    double lat2 = Math.toRadians(other.latitude);
    double sinLat = Math.sin((lat2 - lat1) / 2);
    double sinLon = Math.sin(Math.toRadians(other.longitude - longitude) / 2);
    double h = sinLat * sinLat + Math.cos(lat1) * Math.cos(lat2) * sinLon * sinLon;
    return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)));
  }

  /**
   * Returns the unit vector from the centre of the sphere to this point.
   *
   * @return [3]: components toward (0, 0), (0, 90) and the North Pole
   */
  public double[] unitVector() {
    double phi = Math.toRadians(latitude);
    double lambda = Math.toRadians(longitude);
    return new double[] {
      Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)
    };
  }

  /**
   * Returns the straight-line distance between the ends of two {@linkplain #unitVector unit
   * vectors}.
   *
   * @param meters great-circle distance in metres, 0 or more; distances beyond the antipode count
   *     as the antipode's
   * @return in [0, 2]
   */
  public static double chord(double meters) {
    return 2 * Math.sin(Math.min(Math.PI / 2, meters / (2 * EARTH_RADIUS)));
  }

  /** Returns latitude and longitude with four decimals, about 10 m. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "(%.4f, %.4f)", latitude, longitude);
  }
}
