package io.earthembed.web;

import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.TrueColor;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.image.resample.Resampler;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way to look at a tile.
 *
 * @param kind thumbnail, crop or tile
 * @param bands red, green and blue; empty for true color
 */
record PictureView(String kind, List<Band> bands) {
  private static final Set<String> KINDS = Set.of("thumbnail", "crop", "tile");

  /** The longest side of a thumbnail. */
  private static final int THUMBNAIL = 256;

  /** Copies its list. */
  PictureView {
    bands = List.copyOf(bands);
  }

  /** Reads the parameters of an address; null for the defaults. */
  static PictureView of(@Nullable String view, @Nullable String bands) {
    String kind = view == null ? "thumbnail" : view;
    if (!KINDS.contains(kind)) {
      throw new IllegalArgumentException("view is not thumbnail, crop or tile: " + kind);
    }
    List<Band> three = new ArrayList<>();
    if (bands != null) for (String name : bands.split(",", -1)) three.add(band(name));
    if (!three.isEmpty() && three.size() != 3) {
      throw new IllegalArgumentException("bands are not three: " + bands);
    }
    return new PictureView(kind, three);
  }

  private static Band band(String name) {
    for (Band band : Band.values()) if (band.name().equals(name)) return band;
    throw new IllegalArgumentException(
        "no band is named " + name + "; known: " + List.of(Band.values()));
  }

  /** Returns a text that differs for each view. */
  String key() {
    return kind + bands;
  }

  /** Returns the parts of a tile that this view needs. */
  TileParts parts() {
    if (!bands.isEmpty()) return new TileParts(EnumSet.copyOf(bands), false);
    return kind.equals("thumbnail") ? TileParts.THUMBNAIL : TileParts.TRUE_COLOR;
  }

  /**
   * Returns this view of a tile as PNG.
   *
   * @param cropPixels side of the square that the model encoded
   */
  byte[] png(Tile tile, int cropPixels) {
    Raster picture = picture(tile);
    int side = Math.min(picture.height(), picture.width());
    if (kind.equals("crop")) picture = picture.centerCrop(Math.min(cropPixels, side));
    if (kind.equals("thumbnail")) picture = shrink(picture);
    return ImageFiles.encodePng(picture);
  }

  private Raster picture(Tile tile) {
    if (!bands.isEmpty()) {
      int height = 0;
      int width = 0;
      for (Band band : bands) {
        height = Math.max(height, tile.band(band).height());
        width = Math.max(width, tile.band(band).width());
      }
      List<Raster> three = new ArrayList<>();
      for (Band band : bands) three.add(enlarge(tile.band(band), height, width));
      return TrueColor.compose(three.get(0), three.get(1), three.get(2));
    }
    if (!kind.equals("thumbnail")) return tile.trueColor();
    Raster thumbnail = tile.thumbnail();
    if (thumbnail == null) throw ProblemException.notFound("the tile has no thumbnail");
    return thumbnail;
  }

  private static Raster enlarge(Raster band, int height, int width) {
    if (band.height() == height && band.width() == width) return band;
    return Resampler.resize(band, height, width, Resampler.Filter.BILINEAR);
  }

  private static Raster shrink(Raster picture) {
    int longest = Math.max(picture.height(), picture.width());
    if (longest <= THUMBNAIL) return picture;
    int height = Math.max(1, picture.height() * THUMBNAIL / longest);
    int width = Math.max(1, picture.width() * THUMBNAIL / longest);
    return Resampler.resize(picture, height, width, Resampler.Filter.BILINEAR);
  }
}
