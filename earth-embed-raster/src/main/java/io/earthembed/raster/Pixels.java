package io.earthembed.raster;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.image.TiffImage;
import io.earthembed.base.image.TiffImage.Window;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Raster;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A raster whose pixels are embeddings. Safe for many threads. */
interface Pixels {
  /**
   * Scales of this size and more are no data, as in geotessera: real ones are at most 0.14, but
   * some published files have huge numbers.
   */
  float MOST_SCALE = 1;

  /** Returns the file's name for messages. */
  String name();

  /** Returns rows, columns and components. */
  int[] shape();

  /** Returns the location of the pixels. */
  GeoTiff.Grid grid();

  /** Returns rows and columns of the parts in which it is best read. */
  int[] block();

  /**
   * Reads a window.
   *
   * @return row by row, the components of each pixel; NaN in missing ones
   */
  float[] read(int row, int column, int height, int width);

  /** Converts stored numbers to components. */
  interface Decoding {
    /** Returns the component of a stored number that is not missing. */
    float value(float stored);
  }

  /** Returns the pixels of a GeoTIFF. */
  static Pixels of(Cog cog, Decoding decoding) {
    TiffImage image = cog.image();
    int[] bands = new int[image.bands()];
    Arrays.setAll(bands, i -> i);
    Double missing = image.missing();
    return new Pixels() {
      @Override
      public String name() {
        return cog.name();
      }

      @Override
      public int[] shape() {
        return new int[] {image.height(), image.width(), image.bands()};
      }

      @Override
      public GeoTiff.Grid grid() {
        return cog.grid();
      }

      @Override
      public int[] block() {
        return new int[] {image.blockHeight(), image.blockWidth()};
      }

      @Override
      public float[] read(int row, int column, int height, int width) {
        Raster raster = cog.read(image, new Window(row, column, height, width, bands));
        float[] values = new float[height * width * bands.length];
        int i = 0;
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            for (int b = 0; b < bands.length; b++) {
              float stored = raster.get(y, x, b);
              boolean absent = missing != null && (float) (double) missing == stored;
              values[i++] = absent ? Float.NaN : decoding.value(stored);
            }
          }
        }
        return values;
      }
    };
  }

  /**
   * Returns the pixels of an array with scales.
   *
   * @param location an image of equal size at the same place
   * @throws EarthEmbedException if shapes or types do not fit
   */
  static Pixels of(NpyArray embeddings, NpyArray scales, Cog location) {
    int[] shape = embeddings.shape();
    int[] plane = scales.shape();
    boolean each = plane.length == 3;
    boolean fits =
        shape.length == 3
            && (each ? Arrays.equals(plane, shape) : Arrays.equals(plane, Arrays.copyOf(shape, 2)))
            && !embeddings.isFloat()
            && scales.isFloat();
    if (!fits) {
      throw new EarthEmbedException(
          embeddings.name()
              + " of shape "
              + Arrays.toString(shape)
              + (embeddings.isFloat() ? " is float32" : "")
              + " and scales of shape "
              + Arrays.toString(plane)
              + " are no int8 embeddings and float32 scales of equal rows and columns");
    }
    TiffImage image = location.image();
    if (image.height() != shape[0] || image.width() != shape[1]) {
      throw new EarthEmbedException(
          embeddings.name()
              + " of shape "
              + Arrays.toString(shape)
              + " has another size than "
              + location.name()
              + " of "
              + image.height()
              + " x "
              + image.width());
    }
    return new Pixels() {
      @Override
      public String name() {
        return embeddings.name();
      }

      @Override
      public int[] shape() {
        return shape;
      }

      @Override
      public GeoTiff.Grid grid() {
        return location.grid();
      }

      @Override
      public int[] block() {
        // Rows are stored one after the other.
        return new int[] {1, shape[1]};
      }

      @Override
      public float[] read(int row, int column, int height, int width) {
        ByteBuffer stored = embeddings.rows(row, height);
        ByteBuffer factors = scales.rows(row, height);
        int n = shape[2];
        float[] values = new float[height * width * n];
        int i = 0;
        for (int y = 0; y < height; y++) {
          for (int x = column; x < column + width; x++) {
            int pixel = y * shape[1] + x;
            for (int b = 0; b < n; b++) {
              float scale = factors.getFloat(4 * (each ? pixel * n + b : pixel));
              values[i++] = Float.isFinite(scale) ? stored.get(pixel * n + b) * scale : Float.NaN;
            }
          }
        }
        return values;
      }
    };
  }
}
