package io.earthembed.geo;

/**
 * A box of latitudes and longitudes, WGS 84 degrees, edges included. If west is greater than east,
 * the box crosses the antimeridian.
 *
 * @param west in [-180, 180]
 * @param south in [-90, 90], not above north
 * @param east in [-180, 180]
 * @param north in [-90, 90]
 */
public record BoundingBox(double west, double south, double east, double north) {
  /** Checks its arguments. */
  public BoundingBox {
    requireIn("west", west, 180);
    requireIn("east", east, 180);
    requireIn("south", south, 90);
    requireIn("north", north, 90);
    if (south > north)
      throw new IllegalArgumentException("south " + south + " above north " + north);
  }

  private static void requireIn(String name, double value, double limit) {
    if (!(value >= -limit && value <= limit)) {
      throw new IllegalArgumentException(
          name + " outside [-" + limit + ", " + limit + "]: " + value);
    }
  }

  /** Returns whether the box crosses the antimeridian. */
  public boolean crossesAntimeridian() {
    return west > east;
  }

  /** Returns whether a point lies inside or on an edge; -180 and 180 are the same meridian. */
  public boolean contains(GeoPoint point) {
    return contains(point.latitude(), point.longitude());
  }

  /**
   * Returns {@link #contains(GeoPoint)} for a latitude in [-90, 90] and a longitude in [-180, 180].
   */
  public boolean contains(double latitude, double longitude) {
    if (latitude < south || latitude > north) return false;
    return containsLongitude(longitude) || (longitude == -180 && containsLongitude(180));
  }

  private boolean containsLongitude(double longitude) {
    return crossesAntimeridian()
        ? longitude >= west || longitude <= east
        : longitude >= west && longitude <= east;
  }
}
