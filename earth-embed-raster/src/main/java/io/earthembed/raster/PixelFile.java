package io.earthembed.raster;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A raster with an embedding in each pixel. Addresses are http, https or file URLs. Immutable.
 *
 * @param embeddings a cloud-optimized GeoTIFF with a band per component, or an array of NumPy (npy)
 *     of rows, columns and components
 * @param scales an array of NumPy of rows and columns, and perhaps of components, by which the
 *     embeddings are multiplied; NaN and infinity stand for missing data. Null for a GeoTIFF
 * @param location a GeoTIFF of equal size whose location the array has, or null for a GeoTIFF
 */
public record PixelFile(URI embeddings, @Nullable URI scales, @Nullable URI location) {
  /** Checks its arguments. */
  public PixelFile {
    Objects.requireNonNull(embeddings, "embeddings");
    if ((scales == null) != (location == null)) {
      throw new IllegalArgumentException("an array needs scales and a location");
    }
  }

  /** Returns a cloud-optimized GeoTIFF, such as AlphaEarth's. */
  public static PixelFile cog(URI file) {
    return new PixelFile(file, null, null);
  }

  /**
   * Returns a tile of TESSERA.
   *
   * @param embeddings {@code grid_LON_LAT.npy}, int8
   * @param scales {@code grid_LON_LAT_scales.npy}, float32
   * @param landmask {@code grid_LON_LAT.tiff}, whose location the arrays have
   */
  public static PixelFile tessera(URI embeddings, URI scales, URI landmask) {
    return new PixelFile(
        embeddings,
        Objects.requireNonNull(scales, "scales"),
        Objects.requireNonNull(landmask, "landmask"));
  }

  /** Returns the address without its query, which may be a signature. */
  @Override
  public String toString() {
    return "PixelFile[" + Addresses.redacted(embeddings) + "]";
  }
}
