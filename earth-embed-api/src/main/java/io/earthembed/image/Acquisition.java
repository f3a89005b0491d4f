package io.earthembed.image;

import io.earthembed.geo.GeoPoint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When and where a picture was taken, and how much ground a pixel covers, as far as they are known.
 * Some models take these values as inputs. Immutable.
 *
 * @param time sensing time, UTC, or null if unknown
 * @param center centre of the picture, or null if unknown
 * @param resolution width and height of a pixel on the ground in metres, positive, or NaN if
 *     unknown
 */
public record Acquisition(@Nullable Instant time, @Nullable GeoPoint center, double resolution) {
  /** Nothing is known. */
  public static final Acquisition UNKNOWN = new Acquisition(null, null, Double.NaN);

  /** Checks its arguments. */
  public Acquisition {
    if (resolution <= 0 || resolution == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("resolution must be positive: " + resolution);
    }
  }

  /** Returns these values with another time. */
  public Acquisition withTime(@Nullable Instant time) {
    return new Acquisition(time, center, resolution);
  }

  /** Returns these values with another centre. */
  public Acquisition withCenter(@Nullable GeoPoint center) {
    return new Acquisition(time, center, resolution);
  }

  /** Returns these values with another resolution. */
  public Acquisition withResolution(double resolution) {
    return new Acquisition(time, center, resolution);
  }
}
