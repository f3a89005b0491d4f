package io.earthembed.dataset;

import io.earthembed.image.GeoReference;

/**
 * The pixels of a tile that an embedding was made from, and their location.
 *
 * @param row first row of the crop in the tile's 10 m pixels
 * @param column first column of the crop in the tile's 10 m pixels
 * @param height rows of the crop
 * @param width columns of the crop
 * @param reference georeference of the crop's upper left pixel
 */
public record CropFootprint(int row, int column, int height, int width, GeoReference reference) {
  /** Returns the easting of the left edge in metres. */
  public double west() {
    return reference.west();
  }

  /** Returns the northing of the upper edge in metres. */
  public double north() {
    return reference.north();
  }

  /** Returns the easting of the right edge in metres. */
  public double east() {
    return reference.west() + width * reference.pixelSize();
  }

  /** Returns the northing of the lower edge in metres. */
  public double south() {
    return reference.north() - height * reference.pixelSize();
  }
}
