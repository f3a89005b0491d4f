package io.earthembed.image;

/**
 * The location of a raster's pixels: north up, square pixels, in a projected coordinate system.
 *
 * @param epsg EPSG code of the coordinate system; Major TOM uses WGS 84 UTM zones (326zz or 327zz)
 * @param west easting of the left edge of the first column, metres
 * @param north northing of the upper edge of the first row, metres
 * @param pixelSize width and height of a pixel in metres, positive
 */
public record GeoReference(int epsg, double west, double north, double pixelSize) {
  /** Checks its arguments. */
  public GeoReference {
    if (!(pixelSize > 0 && Double.isFinite(pixelSize))) {
      throw new IllegalArgumentException("pixelSize must be positive: " + pixelSize);
    }
    if (!Double.isFinite(west)) throw new IllegalArgumentException("west is not a number: " + west);
    if (!Double.isFinite(north)) {
      throw new IllegalArgumentException("north is not a number: " + north);
    }
  }

  /** Returns the georeference of a crop that starts at a row and a column of this raster. */
  public GeoReference shifted(int row, int column) {
    return new GeoReference(epsg, west + column * pixelSize, north - row * pixelSize, pixelSize);
  }
}
