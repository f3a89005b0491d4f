package io.earthembed.image.resample;

import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import org.jspecify.annotations.Nullable;

/**
 * Resizes with antialiasing. Results equal those of Pillow's {@code Image.resize} up to version 12
 * bit for bit, so that a model sees the pixels it was trained on. (For some sizes Pillow 13 runs
 * its passes in another order and computes other pixels.)
 *
 * <p>The filter is separable: one pass along the rows, then one along the columns; a pass that
 * keeps its size does not change samples. When shrinking, the filter is stretched by the ratio of
 * the sizes, so that every input pixel counts. At the borders the filter is cut off and its weights
 * are rescaled to a sum of one. Each pass ends in the sample type of the raster:
 *
 * <ul>
 *   <li>UINT8: weights are integers in units of 2^-22, as in Pillow; sums are rounded to nearest
 *       and clamped to [0, 255].
 *   <li>UINT16: weights are float64; sums are rounded to nearest and clamped to [0, 65535]. Equals
 *       Pillow's mode {@code I;16}, except that Pillow wraps sums outside that range.
 *   <li>FLOAT32: weights and sums are float64, results float32, as in Pillow's mode {@code F}.
 * </ul>
 *
 * <p>Stateless and safe for many threads.
 */
public final class Resampler {
  /** The most bytes of working memory that a thread keeps for the next resize. */
  private static final long KEPT = 16 << 20;

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private Resampler() {}

  /** Weights input pixels by their distance to the centre of an output pixel. */
  public enum Filter {
    /** A triangle: {@code 1 - |x|} for {@code |x| < 1}. */
    BILINEAR(1) {
      @Override
      double weight(double x) {
        return Math.max(0, 1 - Math.abs(x));
      }
    },

    /**
     * Keys' cubic convolution with a = -0.5 (R. Keys, "Cubic convolution interpolation for digital
     * image processing", 1981), for {@code |x| < 2}.
     */
    BICUBIC(2) {
      @Override
      double weight(double x) {
        double d = Math.abs(x);
        // The order of operations decides the last bit, which can change a rounded sample.
        if (d < 1) return ((A + 2) * d - (A + 3)) * d * d + 1;
        if (d < 2) return (((d - 5) * d + 8) * d - 4) * A;
        return 0;
      }
    },

    /**
     * Lanczos' windowed sinc: {@code sinc(x) sinc(x / 3)} for {@code |x| < 3}, sinc(x) being {@code
     * sin(pi x) / (pi x)}.
     */
    LANCZOS(3) {
      @Override
      double weight(double x) {
        return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
      }

      private static double sinc(double x) {
        if (x == 0) return 1;
        double angle = x * Math.PI;
        return Math.sin(angle) / angle;
      }
    };

    private static final double A = -0.5;

    private final double support;

    Filter(double support) {
      this.support = support;
    }

    final double support() {
      return support;
    }

    abstract double weight(double x);
  }

  /**
   * Resizes to a given size; the aspect ratio may change.
   *
   * @param raster any bands and type; FLOAT32 samples that are not finite spread to their
   *     neighbours
   * @param height rows of the result, at least 1
   * @param width columns of the result, at least 1
   * @param filter weights of the input pixels
   * @throws IllegalArgumentException if the result needs more than 2^31 - 1 bytes, or UINT8 rows
   *     have 2^25 samples or more
   * @return a new raster of the same bands and type; it keeps its georeference if both sides scale
   *     equally (a {@link GeoReference} has square pixels), and has none otherwise
   */
  public static Raster resize(Raster raster, int height, int width, Filter filter) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "height and width must be positive: " + height + " x " + width);
    }
    Raster result = Raster.allocate(height, width, raster.bands(), raster.type());
    resize(raster, height, width, filter, 0, 0, result);
    return result.withReference(scaled(raster, height, width));
  }

  /**
   * Resizes to a given size, but computes and keeps only a window of the result. Allocates nothing
   * if the thread has already resized a picture of this size.
   *
   * @param raster any bands and type
   * @param height rows of the whole result, at least 1
   * @param width columns of the whole result, at least 1
   * @param filter weights of the input pixels
   * @param top first row of the window in the result
   * @param left first column of the window in the result
   * @param window receives the pixels; has the raster's bands and type, and its georeference is
   *     ignored
   * @throws IllegalArgumentException if the window has other bands or another type or is not inside
   *     the result, if the whole result needs more than 2^31 - 1 bytes, or if UINT8 rows have 2^25
   *     samples or more
   */
  public static void resize(
      Raster raster, int height, int width, Filter filter, int top, int left, Raster window) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "height and width must be positive: " + height + " x " + width);
    }
    if ((long) height * width > Integer.MAX_VALUE / (raster.bands() * raster.type().bytes())) {
      throw new IllegalArgumentException(
          "larger than 2 GiB: " + height + " x " + width + " of " + raster);
    }
    if (window.bands() != raster.bands() || window.type() != raster.type()) {
      throw new IllegalArgumentException(
          "window is of another kind: " + window + ", not " + raster);
    }
    if (top < 0 || left < 0 || window.height() > height - top || window.width() > width - left) {
      throw new IllegalArgumentException(
          "window "
              + window
              + " at row "
              + top
              + ", column "
              + left
              + " is not inside "
              + height
              + " x "
              + width);
    }
    Scratch scratch = SCRATCH.get();
    scratch.resize(raster, height, width, filter, top, left, window);
    if (scratch.bytes() > KEPT) SCRATCH.remove();
  }

  /**
   * Resizes so that the shorter side has a given length and the aspect ratio is kept. The longer
   * side is {@code size * longer / shorter}, truncated as in torchvision.
   *
   * @param size length of the shorter side in pixels, at least 1
   */
  public static Raster resizeShorterSide(Raster raster, int size, Filter filter) {
    long height = raster.height();
    long width = raster.width();
    long shorter = Math.min(height, width);
    return resize(
        raster,
        (int) Math.min(Integer.MAX_VALUE, size * height / shorter),
        (int) Math.min(Integer.MAX_VALUE, size * width / shorter),
        filter);
  }

  private static @Nullable GeoReference scaled(Raster raster, int height, int width) {
    GeoReference place = raster.reference();
    if (place == null || (long) height * raster.width() != (long) width * raster.height()) {
      return null;
    }
    double pixelSize = place.pixelSize() * raster.width() / width;
    return new GeoReference(place.epsg(), place.west(), place.north(), pixelSize);
  }

  /** The working memory of a thread, and the weights that it used last. */
  private static final class Scratch {
    private final BytePasses bytes = new BytePasses();
    private final RealPasses reals = new RealPasses();
    private Kernel across = new Kernel(1, 1, Filter.BILINEAR, 0, 1);
    private Kernel down = across;

    void resize(
        Raster raster, int height, int width, Filter filter, int top, int left, Raster window) {
      if (!across.fits(raster.width(), width, filter, left, window.width())) {
        across = new Kernel(raster.width(), width, filter, left, window.width());
      }
      if (!down.fits(raster.height(), height, filter, top, window.height())) {
        down = new Kernel(raster.height(), height, filter, top, window.height());
      }
      Passes<?> passes = raster.type() == SampleType.UINT8 ? bytes : reals;
      passes.run(raster, across, down, window);
    }

    long bytes() {
      return bytes.bytes() + reals.bytes() + 12L * (across.real.length + down.real.length);
    }
  }
}
