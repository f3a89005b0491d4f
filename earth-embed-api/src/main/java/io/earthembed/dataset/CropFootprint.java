package io.earthembed.dataset;

import io.earthembed.image.GeoReference;

/**
 * Which pixels of a tile an embedding was made from, and where they lie.
 *
 * @param row first row of the crop in the tile's 10 m pixels
 * @param column first column of the crop in the tile's 10 m pixels
 * @param height rows of the crop
 * @param width columns of the crop
 * @param reference where the crop's upper left pixel lies
 */
public record CropFootprint(int row, int column, int height, int width, GeoReference reference) {
  /** Easting of the left edge, metres. */
  public double west() {
    return reference.west();
  }

  /** Northing of the upper edge, metres. */
  public double north() {
    return reference.north();
  }

  /** Easting of the right edge, metres. */
  public double east() {
    return reference.west() + width * reference.pixelSize();
  }

  /** Northing of the lower edge, metres. */
  public double south() {
    return reference.north() - height * reference.pixelSize();
  }
}
