package io.earthembed.parquet.internal.listing;

import io.earthembed.geo.BoundingBox;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The place and the period of a file or a folder, as far as its path or a manifest tells them.
 * Immutable.
 *
 * @param box contains the centres of all rows; null if unknown
 * @param first no row is earlier; {@link Instant#MIN} if unknown
 * @param last no row is later; {@link Instant#MAX} if unknown
 */
public record Extent(@Nullable BoundingBox box, Instant first, Instant last) {
  /** Nothing is known. */
  public static final Extent UNKNOWN = new Extent(null, Instant.MIN, Instant.MAX);

  /** Returns whether the period is known, at least in part. */
  public boolean hasTime() {
    return first.isAfter(Instant.MIN) || last.isBefore(Instant.MAX);
  }
}
