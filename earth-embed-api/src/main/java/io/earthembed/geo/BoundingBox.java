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
public record BoundingBox(double west, double south, double east, double north) implements Region {
  /** The distance in degrees at which boxes count as touching, for the rounding of differences. */
  static final double TOUCH = 1e-9;

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
  @Override
  public boolean contains(GeoPoint point) {
    return contains(point.latitude(), point.longitude());
  }

  /**
   * Returns {@link #contains(GeoPoint)} for a latitude in [-90, 90] and a longitude in [-180, 180].
   */
  @Override
  public boolean contains(double latitude, double longitude) {
    if (latitude < south || latitude > north) return false;
    return containsLongitude(longitude) || (longitude == -180 && containsLongitude(180));
  }

  private boolean containsLongitude(double longitude) {
    return crossesAntimeridian()
        ? longitude >= west || longitude <= east
        : longitude >= west && longitude <= east;
  }

  /** Returns the box itself. */
  @Override
  public BoundingBox bounds() {
    return this;
  }

  @Override
  public boolean intersects(BoundingBox box) {
    return south <= box.north + TOUCH
        && north >= box.south - TOUCH
        && (turn(box.west - west) <= width() + TOUCH
            || turn(west - box.west) <= box.width() + TOUCH);
  }

  /** Returns the degrees of longitude from west to east, in [0, 360]. */
  double width() {
    return crossesAntimeridian() ? east - west + 360 : east - west;
  }

  /** Returns an angle to the east, in [0, 360) degrees; almost a turn is none. */
  private static double turn(double degrees) {
    double turn = degrees - 360 * Math.floor(degrees / 360);
    return turn > 360 - TOUCH ? 0 : turn;
  }
}
