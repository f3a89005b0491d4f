package io.earthembed.pipeline;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Polygon;
import io.earthembed.geo.Utm;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import java.util.List;

/**
 * A square cut out of a tile.
 *
 * @param row its first row of pixels, counted from the tile's upper edge
 * @param column its first column of pixels, counted from the tile's left edge
 * @param size its side in pixels
 */
public record Fragment(int row, int column, int size) {
  /** Checks its arguments. */
  public Fragment {
    if (row < 0) throw new IllegalArgumentException("negative row: " + row);
    if (column < 0) throw new IllegalArgumentException("negative column: " + column);
    if (size < 1) throw new IllegalArgumentException("size must be positive: " + size);
  }

  /**
   * The numbers of the column {@code pixel_bbox} in Major TOM's embedding files: first row, first
   * column, row after the last, column after the last.
   *
   * <p>The code that wrote those files reads them back as if columns came first, so that the
   * geometry, the centre and the UTM footprint in them are those of {@link #transposed}, not of the
   * pixels that were embedded. On the diagonal, and so for a centre crop, both are the same.
   */
  public List<Integer> pixelBox() {
    return List.of(row, column, row + size, column + size);
  }

  /**
   * The fragment of a {@code pixel_bbox} as {@link #pixelBox} writes it.
   *
   * @param box four numbers that span a square
   */
  public static Fragment ofPixelBox(List<? extends Number> box) {
    if (box.size() != 4) throw new IllegalArgumentException("box has not four numbers: " + box);
    int row = Math.toIntExact(box.get(0).longValue());
    int column = Math.toIntExact(box.get(1).longValue());
    int size = Math.toIntExact(box.get(2).longValue()) - row;
    if (Math.toIntExact(box.get(3).longValue()) - column != size) {
      throw new IllegalArgumentException("box is not a square: " + box);
    }
    return new Fragment(row, column, size);
  }

  /** The fragment with row and column exchanged; see {@link #pixelBox}. */
  public Fragment transposed() {
    return new Fragment(column, row, size);
  }

  /** The fragment's pixels. */
  public Raster cut(Raster tile) {
    return tile.crop(row, column, size, size);
  }

  /**
   * Where the fragment's upper left pixel lies.
   *
   * @param tile where the tile's lies
   */
  public GeoReference reference(GeoReference tile) {
    return tile.shifted(row, column);
  }

  /**
   * The fragment's outline: its four corners, from the north-west clockwise.
   *
   * @param tile where the tile lies, in a WGS 84 UTM zone
   */
  public Polygon footprint(GeoReference tile) {
    GeoReference own = reference(tile);
    double side = size * own.pixelSize();
    Utm zone = Utm.ofEpsg(own.epsg());
    return Polygon.of(
        zone.unproject(own.west(), own.north()),
        zone.unproject(own.west() + side, own.north()),
        zone.unproject(own.west() + side, own.north() - side),
        zone.unproject(own.west(), own.north() - side));
  }

  /**
   * The fragment's middle.
   *
   * @param tile where the tile lies, in a WGS 84 UTM zone
   */
  public GeoPoint centre(GeoReference tile) {
    GeoReference own = reference(tile);
    double half = size * own.pixelSize() / 2;
    return Utm.ofEpsg(own.epsg()).unproject(own.west() + half, own.north() - half);
  }
}
