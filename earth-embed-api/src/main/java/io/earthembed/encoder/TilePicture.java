package io.earthembed.encoder;

import io.earthembed.image.Band;
import io.earthembed.image.BandStack;
import io.earthembed.image.Raster;
import io.earthembed.image.TrueColour;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;

/** Which picture of a tile a model looks at. */
public enum TilePicture {
  /** The true-colour picture: h x w x 3 UINT8, red, green, blue. */
  TRUE_COLOUR(TileParts.TRUE_COLOUR) {
    @Override
    public Raster of(Tile tile) {
      return tile.trueColour();
    }
  },

  /** The ready-made picture of the archive: h x w x 3 UINT8, without a place. */
  THUMBNAIL(TileParts.THUMBNAIL) {
    @Override
    public Raster of(Tile tile) {
      Raster picture = tile.thumbnail();
      if (picture == null) {
        throw new IllegalArgumentException("the thumbnail of " + tile.source() + " was not read");
      }
      return picture;
    }
  },

  /**
   * The true-colour picture in the tone of MajorTOM's thumbnails, from the bands and therefore
   * without JPEG's losses and with its place; see {@link TrueColour#thumbnail}.
   */
  MAJORTOM_COLOUR(TileParts.TRUE_COLOUR) {
    @Override
    public Raster of(Tile tile) {
      return TrueColour.thumbnail(tile.band(Band.B04), tile.band(Band.B03), tile.band(Band.B02));
    }
  },

  /**
   * All bands: h x w x 12 digital numbers in the order of {@link Band}, UINT16, or FLOAT32 if a
   * band is.
   */
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
