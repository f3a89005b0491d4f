package io.earthembed.pipeline;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Polygon;
import io.earthembed.geo.Utm;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.internal.Checks;
import java.util.List;

/**
 * A square that is cut out of a tile.
 *
 * @param row first row of pixels, counted from the tile's upper edge
 * @param column first column of pixels, counted from the tile's left edge
 * @param size side in pixels
 */
public record Fragment(int row, int column, int size) {
  /** Checks its arguments. */
  public Fragment {
    if (row < 0) throw new IllegalArgumentException("negative row: " + row);
    if (column < 0) throw new IllegalArgumentException("negative column: " + column);
    Checks.positive("size", size);
  }

  /**
   * Returns the values of the column {@code pixel_bbox} in Major TOM's embedding files: first row,
   * first column, row after the last, column after the last.
   *
   * <p>The code that wrote those files reads the values as if columns came first. The geometry, the
   * centre and the UTM footprint in the files are therefore those of {@link #transposed}, not those
   * of the embedded pixels. On the diagonal, as for a centre crop, both are equal.
   */
  public List<Integer> pixelBox() {
    return List.of(row, column, row + size, column + size);
  }

  /**
   * Returns the fragment of a {@code pixel_bbox} in the form of {@link #pixelBox}.
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

  /** Returns this fragment with row and column exchanged; see {@link #pixelBox}. */
  public Fragment transposed() {
    return new Fragment(column, row, size);
  }

  /** Copies the fragment's pixels. */
  public Raster cut(Raster tile) {
    return tile.crop(row, column, size, size);
  }

  /**
   * Returns the georeference of the fragment's upper left pixel.
   *
   * @param tile the tile's georeference
   */
  public GeoReference reference(GeoReference tile) {
    return tile.shifted(row, column);
  }

  /**
   * Returns the fragment's outline: its four corners, clockwise from the northwest.
   *
   * @param tile the tile's georeference, in a WGS 84 UTM zone
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
   * Returns the fragment's centre.
   *
   * @param tile the tile's georeference, in a WGS 84 UTM zone
   */
  public GeoPoint center(GeoReference tile) {
    GeoReference own = reference(tile);
    double half = size * own.pixelSize() / 2;
    return Utm.ofEpsg(own.epsg()).unproject(own.west() + half, own.north() - half);
  }
}
