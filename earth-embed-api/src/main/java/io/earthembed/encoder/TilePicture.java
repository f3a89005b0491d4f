package io.earthembed.encoder;

import io.earthembed.image.Band;
import io.earthembed.image.BandStack;
import io.earthembed.image.Raster;
import io.earthembed.image.TrueColor;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;

/** The picture of a tile that a model encodes. */
public enum TilePicture {
  /** The true-colour picture: h x w x 3 UINT8, red, green, blue. */
  TRUE_COLOR(TileParts.TRUE_COLOR) {
    @Override
    Raster compose(Tile tile) {
      return tile.trueColor();
    }
  },

  /** The archive's ready-made picture: h x w x 3 UINT8, without a georeference. */
  THUMBNAIL(TileParts.THUMBNAIL) {
    @Override
    Raster compose(Tile tile) {
      Raster picture = tile.thumbnail();
      if (picture == null) {
        throw new IllegalArgumentException("the thumbnail of " + tile.source() + " was not read");
      }
      return picture;
    }
  },

  /**
   * The true-colour picture with the tone curve of MajorTOM's thumbnails. It is composed from the
   * bands, so it has a georeference and no JPEG losses; see {@link TrueColor#thumbnail}.
   */
  MAJORTOM_COLOR(TileParts.TRUE_COLOR) {
    @Override
    Raster compose(Tile tile) {
      return TrueColor.thumbnail(tile.band(Band.B04), tile.band(Band.B03), tile.band(Band.B02));
    }
  },

  /**
   * All bands: h x w x 12 digital numbers in the order of {@link Band}, UINT16, or FLOAT32 if any
   * band is FLOAT32.
   */
  ALL_BANDS(TileParts.ALL_BANDS) {
    @Override
    Raster compose(Tile tile) {
      return BandStack.of(tile.bands());
    }
  };

  private final TileParts parts;

  TilePicture(TileParts parts) {
    this.parts = parts;
  }

  /** Returns the parts of a tile that this picture needs. */
  public TileParts parts() {
    return parts;
  }

  /**
   * Returns this picture of a tile, with the tile's time.
   *
   * @throws IllegalArgumentException if a part that this picture needs was not read
   */
  public Raster of(Tile tile) {
    Raster picture = compose(tile);
    return picture.withAcquisition(picture.acquisition().withTime(tile.timestamp()));
  }

  abstract Raster compose(Tile tile);
}
