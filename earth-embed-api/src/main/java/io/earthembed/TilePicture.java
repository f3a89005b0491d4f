package io.earthembed;

import io.earthembed.image.Band;
import io.earthembed.image.BandStack;
import io.earthembed.image.Raster;

/** Which picture of a tile a model looks at. */
public enum TilePicture {
  /** The true-colour picture: h x w x 3 UINT8, red, green, blue. */
  TRUE_COLOUR(TileParts.TRUE_COLOUR) {
    @Override
    public Raster of(Tile tile) {
      return tile.trueColour();
    }
  },

  /** All bands: h x w x 12 UINT16 digital numbers in the order of {@link Band}. */
  ALL_BANDS(TileParts.ALL_BANDS) {
    @Override
    public Raster of(Tile tile) {
      return BandStack.of(tile.bands());
    }
  };

  private final TileParts parts;

  TilePicture(TileParts parts) {
    this.parts = parts;
  }

  /** What has to be read for it. */
  public TileParts parts() {
    return parts;
  }

  /**
   * The picture of a tile.
   *
   * @throws IllegalArgumentException if a band it needs was not read
   */
  public abstract Raster of(Tile tile);
}
