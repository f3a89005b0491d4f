package io.earthembed.imagery;

import io.earthembed.image.Band;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which columns of a tile are read: fewer columns are fewer bytes.
 *
 * @param bands the spectral bands wanted
 * @param thumbnail whether the ready-made picture is wanted
 * @param cloudMask whether the mask of clouds is wanted
 */
public record TileParts(Set<Band> bands, boolean thumbnail, boolean cloudMask) {
  /** The thumbnail only: the fewest bytes. */
  public static final TileParts THUMBNAIL = new TileParts(Set.of(), true);

  /** Bands B04, B03 and B02, which {@link Tile#trueColour} composes. */
  public static final TileParts TRUE_COLOUR =
      new TileParts(EnumSet.of(Band.B02, Band.B03, Band.B04), false);

  /** All twelve bands. */
  public static final TileParts ALL_BANDS = new TileParts(EnumSet.allOf(Band.class), false);

  /** Copies its arguments; the bands are in the order of {@link Band}. */
  public TileParts {
    EnumSet<Band> copy = EnumSet.noneOf(Band.class);
    copy.addAll(bands);
    bands = Collections.unmodifiableSet(copy);
    if (bands.isEmpty() && !thumbnail && !cloudMask)
      throw new IllegalArgumentException("no part is wanted");
  }

  /** Without a mask of clouds. */
  public TileParts(Set<Band> bands, boolean thumbnail) {
    this(bands, thumbnail, false);
  }

  /** The same with the mask of clouds. */
  public TileParts withCloudMask() {
    return new TileParts(bands, thumbnail, true);
  }

  /** Some bands. */
  public static TileParts bands(Band first, Band... others) {
    return new TileParts(EnumSet.of(first, others), false);
  }
}
