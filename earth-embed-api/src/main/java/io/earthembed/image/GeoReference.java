package io.earthembed.image;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Utm;
import org.jspecify.annotations.Nullable;

/**
 * The location of a raster's pixels: north up, square pixels, in a projected coordinate system.
 *
 * @param epsg EPSG code of the coordinate system; Major TOM uses WGS 84 UTM zones (326zz or 327zz)
 * @param west easting of the left edge of the first column, metres
 * @param north northing of the upper edge of the first row, metres
 * @param pixelSize width and height of a pixel in metres, positive
 */
public record GeoReference(int epsg, double west, double north, double pixelSize) {
  /** EPSG code of Web Mercator. */
  static final int WEB_MERCATOR = 3857;

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

  /**
   * Returns the centre of a raster whose first pixel is at this place, or null unless the
   * coordinate system is a WGS 84 UTM zone.
   */
  @Nullable GeoPoint center(int height, int width) {
    int zone = epsg % 100;
    if ((epsg / 100 != 326 && epsg / 100 != 327) || zone < 1 || zone > 60) return null;
    return Utm.ofEpsg(epsg).unproject(west + width * pixelSize / 2, north - height * pixelSize / 2);
  }
}
