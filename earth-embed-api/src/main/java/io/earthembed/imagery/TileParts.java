package io.earthembed.imagery;

import io.earthembed.image.Band;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The columns of a tile to read; fewer columns need fewer bytes.
 *
 * @param bands the spectral bands to read
 * @param thumbnail whether to read the ready-made picture
 * @param cloudMask whether to read the cloud mask (default false)
 */
public record TileParts(Set<Band> bands, boolean thumbnail, boolean cloudMask) {
  /** The thumbnail only: the fewest bytes. */
  public static final TileParts THUMBNAIL = new TileParts(Set.of(), true);

  /** Bands B04, B03 and B02, which {@link Tile#trueColor} composes. */
  public static final TileParts TRUE_COLOR =
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

  /** Creates parts without the cloud mask. */
  public TileParts(Set<Band> bands, boolean thumbnail) {
    this(bands, thumbnail, false);
  }

  /** Returns these parts and the cloud mask. */
  public TileParts withCloudMask() {
    return new TileParts(bands, thumbnail, true);
  }

  /** Returns parts with some bands only. */
  public static TileParts bands(Band first, Band... others) {
    return new TileParts(EnumSet.of(first, others), false);
  }
}
