package io.earthembed.base.image;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes single-band GeoTIFFs, the form of a shard's bands, and locates the pixels of
 * others. Safe for many threads.
 */
public final class GeoTiff {
  /** TIFF tags of GeoTIFF 1.1 (OGC 19-008r4). */
  private static final int PIXEL_SCALE = 33550;

  private static final int TIE_POINT = 33922;
  private static final int TRANSFORMATION = 34264;
  private static final int GEO_KEYS = 34735;

  /** GeoTIFF's keys, and some of their values. */
  private static final int MODEL_TYPE = 1024;

  private static final int PROJECTED = 1;
  private static final int USER_DEFINED = 32767;
  private static final int RASTER_TYPE = 1025;
  private static final int PIXEL_IS_POINT = 2;
  private static final int PROJECTED_CRS = 3072;
  private static final int LINEAR_UNITS = 3076;
  private static final int METER = 9001;

  private GeoTiff() {}

  /**
   * Reads one band.
   *
   * @param source its name in errors
   * @return h x w x 1, with its georeference if it has one: stored UINT8 or UINT16 unchanged,
   *     FLOAT32 for signed and floating-point samples
   * @throws CorruptDataException if it is damaged
   * @throws EarthEmbedException naming the feature that is not supported
   */
  public static Raster read(byte[] bytes, String source) {
    return readBands(bytes, source, 1, TiffImage.MAX_PIXELS);
  }

  /**
   * Reads all bands of an image.
   *
   * @param source its name in errors
   * @param bands number of bands that it must have
   * @param maxPixels the most pixels, at most 100 million
   * @return h x w x bands, otherwise as {@link #read}
   * @throws CorruptDataException if it is damaged or larger
   * @throws EarthEmbedException naming the feature that is not supported
   */
  public static Raster readBands(byte[] bytes, String source, int bands, long maxPixels) {
    try {
      TiffImage tiff = TiffImage.first(TiffBytes.of(bytes, source));
      return tiff.picture(bands, maxPixels).withReference(grid(tiff).reference());
    } catch (EarthEmbedException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CorruptDataException(source, "a damaged GeoTIFF: " + e.getMessage(), e);
    }
  }

  /**
   * The location of an image's pixels, as GDAL places them: x = west + column * across, y = north +
   * row * down. All coordinates are NaN if the location is missing or the image is rotated.
   *
   * @param epsg the code of the projected or geographic system, 0 if it has none
   * @param meters whether its unit is the metre
   * @param west x of the first column's outer edge
   * @param across x from a column to the next
   * @param north y of the first row's outer edge
   * @param down y from a row to the next, negative if north is up
   * @param longest the greater of width and height
   */
  public record Grid(
      int epsg,
      boolean meters,
      double west,
      double across,
      double north,
      double down,
      int longest) {
    /**
     * Returns the georeference of the first pixel, or null unless a {@link GeoReference} can
     * express it: north up, square pixels, a projected system with an EPSG code, in metres.
     */
    public @Nullable GeoReference reference() {
      boolean square =
          across > 0
              // A thousandth of a pixel at a corner.
              && Math.abs(across + down) * longest <= 0.001 * across;
      if (!meters || !square || !Double.isFinite(west + across + north)) return null;
      return new GeoReference(epsg, west, north, across);
    }
  }

  /** Returns the location of an image's pixels. */
  public static Grid grid(TiffImage image) {
    Map<Integer, Integer> keys = keys(image.tags());
    int epsg = keys.getOrDefault(PROJECTED_CRS, 0);
    int model = keys.getOrDefault(MODEL_TYPE, USER_DEFINED);
    // Larger codes are private; codes from 4000 to 4999 are in degrees, with few exceptions.
    boolean projected =
        (model == PROJECTED || model == USER_DEFINED)
            && epsg >= 1024
            && epsg < USER_DEFINED
            && epsg / 1000 != 4;
    boolean utm = epsg / 100 == 326 || epsg / 100 == 327;
    boolean meters = projected && keys.getOrDefault(LINEAR_UNITS, utm ? METER : 0) == METER;
    double[] grid = grid(image.tags());
    int longest = Math.max(image.width(), image.height());
    if (grid.length == 0) {
      double none = Double.NaN;
      return new Grid(projected ? epsg : 0, meters, none, none, none, none, longest);
    }
    boolean point = keys.getOrDefault(RASTER_TYPE, 1) == PIXEL_IS_POINT;
    // A point is the centre of its pixel.
    double west = point ? grid[0] - grid[1] / 2 : grid[0];
    double north = point ? grid[2] - grid[3] / 2 : grid[2];
    return new Grid(projected ? epsg : 0, meters, west, grid[1], north, grid[3], longest);
  }

  /** Returns the GeoTIFF keys whose values are 16-bit numbers. */
  private static Map<Integer, Integer> keys(TiffDirectory tags) {
    long[] directory = tags.numbers(GEO_KEYS);
    Map<Integer, Integer> keys = new HashMap<>();
    if (directory.length < 4) return keys;
    for (int i = 4; i + 3 < directory.length && i < 4 + 4 * directory[3]; i += 4) {
      // Texts and real numbers are stored outside the entry.
      if (directory[i + 1] == 0) keys.put((int) directory[i], (int) directory[i + 3]);
    }
    return keys;
  }

  /**
   * Returns west edge, pixel width, north edge and pixel height (negative if north is up) of the
   * first pixel. Empty if the grid is rotated or its location is missing.
   */
  private static double[] grid(TiffDirectory tags) {
    double[] scale = tags.reals(PIXEL_SCALE);
    double[] tie = tags.reals(TIE_POINT);
    if (scale.length >= 2 && scale[0] != 0 && scale[1] != 0) {
      if (tie.length < 6) return new double[0];
      // GDAL treats a negative height of pixels as positive.
      double height = Math.abs(scale[1]);
      return new double[] {tie[3] - tie[0] * scale[0], scale[0], tie[4] + tie[1] * height, -height};
    }
    double[] matrix = tags.reals(TRANSFORMATION);
    if (matrix.length != 16 || matrix[1] != 0 || matrix[4] != 0) return new double[0];
    return new double[] {matrix[3], matrix[0], matrix[7], matrix[5]};
  }

  /**
   * Writes one band, deflated.
   *
   * @param band h x w x 1; its georeference is written if it has one
   * @throws IllegalArgumentException if it has several bands, or a georeference with an EPSG code
   *     that GeoTIFF cannot store
   */
  public static byte[] write(Raster band) {
    if (band.bands() != 1) {
      throw new IllegalArgumentException("GeoTIFF takes one band, not " + band);
    }
    return GeoTiffWriter.write(band);
  }
}
