package io.earthembed.raster;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A raster with an embedding in each pixel. Addresses are http, https or file URLs. Immutable.
 *
 * @param embeddings a cloud-optimized GeoTIFF with a band per component; an array of NumPy (npy) of
 *     rows, columns and components; or a group of TESSERA's Zarr store
 * @param scales an array of NumPy of rows and columns, and perhaps of components, by which the
 *     embeddings are multiplied; numbers outside (0, 1) and NaN stand for missing data. Null for a
 *     GeoTIFF or Zarr
 * @param location a GeoTIFF of equal size whose location the array has, or null as for the scales
 * @param year of the pixels in a group of Zarr, else null
 */
public record PixelFile(
    URI embeddings, @Nullable URI scales, @Nullable URI location, @Nullable Integer year) {
  /** Checks its arguments. */
  public PixelFile {
    Objects.requireNonNull(embeddings, "embeddings");
    if ((scales == null) != (location == null)) {
      throw new IllegalArgumentException("an array needs scales and a location");
    }
    if (year != null && scales != null) throw new IllegalArgumentException("Zarr names its scales");
  }

  /** Returns a cloud-optimized GeoTIFF, such as AlphaEarth's. */
  public static PixelFile cog(URI file) {
    return new PixelFile(file, null, null, null);
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
        Objects.requireNonNull(landmask, "landmask"),
        null);
  }

  /**
   * Returns a year of a UTM zone in TESSERA's Zarr store.
   *
   * @param group the zone's address, such as {@code .../tessera.zarr/utm32}
   */
  public static PixelFile zarr(URI group, int year) {
    return new PixelFile(group, null, null, year);
  }

  /** Returns the address without its query, which may be a signature. */
  @Override
  public String toString() {
    return "PixelFile[" + Addresses.redacted(embeddings) + "]";
  }
}
