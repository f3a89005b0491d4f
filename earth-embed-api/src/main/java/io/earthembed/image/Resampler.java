package io.earthembed.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Antialiased resizing whose results equal those of Pillow's {@code Image.resize}, bit for bit, so
 * that a model sees the pixels it was trained on.
 *
 * <p>The filter is separable: one pass along the rows, then one along the columns; a pass whose
 * size does not change is skipped. When shrinking, the filter is stretched by the ratio of the
 * sizes, so that every input pixel counts; at the borders it is cut off and its weights are
 * rescaled to a sum of one. Each pass ends in the sample type of the raster:
 *
 * <ul>
 *   <li>UINT8: weights are integers in units of 2^-22, as Pillow has them; sums are rounded to
 *       nearest and clamped to [0, 255].
 *   <li>UINT16: weights are float64; sums are rounded to nearest and clamped to [0, 65535]. Equals
 *       Pillow's mode {@code I;16} except where a sum leaves that range, which wraps there.
 *   <li>FLOAT32: weights and sums are float64, results float32, as Pillow's mode {@code F}.
 * </ul>
 *
 * <p>Stateless, hence safe for many threads.
 */
public final class Resampler {
  /** Bits behind the point of an 8-bit weight: 32 less 8 for the sample, 2 for sign and sum. */
  private static final int PRECISION_BITS = 32 - 8 - 2;

  /** Rows that are turned on their side at once; a multiple of 8. */
  private static final int LANES = 32;

  private Resampler() {}

  /** How input pixels are weighted by their distance to the centre of an output pixel. */
  public enum Filter {
    /** A triangle: {@code 1 - |x|} for |x| < 1. */
    BILINEAR(1) {
      @Override
      double weight(double x) {
        return Math.max(0, 1 - Math.abs(x));
      }
    },

    /**
     * Keys' cubic convolution with a = -0.5 (R. Keys, "Cubic convolution interpolation for digital
     * image processing", 1981), for |x| < 2.
     */
    BICUBIC(2) {
      @Override
      double weight(double x) {
        double d = Math.abs(x);
        // The order of operations decides the last bit, which rounding can carry to a sample.
        if (d < 1) return ((A + 2) * d - (A + 3)) * d * d + 1;
        if (d < 2) return (((d - 5) * d + 8) * d - 4) * A;
        return 0;
      }
    };

    private static final double A = -0.5;

    private final double support;

    Filter(double support) {
      this.support = support;
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
   * @param filter how pixels are weighted
   * @throws IllegalArgumentException if the result would have more than 2^31 - 1 bytes
   * @return a new raster of the same bands and type; its place is kept where both sides scale alike
   *     (a {@link GeoReference} has square pixels), and unknown otherwise
   */
  public static Raster resize(Raster raster, int height, int width, Filter filter) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "height and width must be positive: " + height + " x " + width);
    }
    int bands = raster.bands();
    ByteBuffer target =
        ByteBuffer.allocate(size(height, width, bands * raster.type().bytes()))
            .order(ByteOrder.nativeOrder());
    Weights across = Weights.of(raster.width(), width, filter);
    Weights down = Weights.of(raster.height(), height, filter);
    if (raster.type() == SampleType.UINT8) {
      byte[] samples = new byte[raster.data().remaining()];
      raster.data().get(samples);
      samples = across(samples, raster.height(), raster.width() * bands, bands, across);
      target.put(down(samples, width * bands, down));
    } else {
      boolean integer = raster.type() == SampleType.UINT16;
      float[] samples = pass(samples(raster), raster.height(), bands, across, integer);
      samples = pass(samples, 1, width * bands, down, integer);
      for (float sample : samples) {
        if (integer) target.putShort((short) (int) sample);
        else target.putFloat(sample);
      }
    }
    return Raster.wrap(height, width, bands, raster.type(), target.flip())
        .withReference(scaled(raster, height, width));
  }

  /**
   * Resizes so that the shorter side has a given length and the aspect ratio stays: the longer side
   * is {@code size * longer / shorter}, truncated, as torchvision has it.
   *
   * @param size pixels, at least 1
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

  private static int size(long outer, long middle, long inner) {
    // Each factor is below 2^31 and the first two may multiply to less than 2^62 only.
    if (outer * middle > Integer.MAX_VALUE / inner) {
      throw new IllegalArgumentException(
          "larger than 2 GiB: " + outer + " x " + middle + " x " + inner);
    }
    return (int) (outer * middle * inner);
  }

  private static float[] samples(Raster raster) {
    ByteBuffer data = raster.data();
    float[] samples = new float[data.remaining() / raster.type().bytes()];
    if (raster.type() == SampleType.FLOAT32) {
      data.asFloatBuffer().get(samples);
    } else {
      for (int i = 0; i < samples.length; i++) samples[i] = data.getShort() & 0xFFFF;
    }
    return samples;
  }

  private static @Nullable GeoReference scaled(Raster raster, int height, int width) {
    GeoReference place = raster.reference();
    if (place == null || (long) height * raster.width() != (long) width * raster.height()) {
      return null;
    }
    double pixelSize = place.pixelSize() * raster.width() / width;
    return new GeoReference(place.epsg(), place.west(), place.north(), pixelSize);
  }

  /**
   * The pass along rows. Some rows at a time are turned on their side, so that one weight meets
   * samples that lie side by side, and the compiler can take eight at once.
   *
   * @param row samples of an input row
   */
  private static byte[] across(byte[] samples, int height, int row, int bands, Weights weights) {
    if (weights.isIdentity()) return samples;
    int resultRow = weights.outputs() * bands;
    byte[] result = new byte[size(height, weights.outputs(), bands)];
    int lanes = Math.min(LANES, height);
    int inner = bands * lanes;
    int[] turned = new int[size(1, row, lanes)];
    int[] sums = new int[inner];
    for (int top = 0; top < height; top += lanes) {
      int y = Math.min(top, height - lanes); // the last rows may be done twice
      turn(samples, y * row, row, lanes, turned);
      for (int x = 0; x < weights.outputs(); x++) {
        sum(turned, weights.first[x] * inner, weights.fixed[x], sums);
        int to = y * resultRow + x * bands;
        for (int band = 0, i = 0; band < bands; band++, to++) {
          for (int lane = 0, at = to; lane < lanes; lane++, at += resultRow) {
            result[at] = rounded(sums[i++]);
          }
        }
      }
    }
    return result;
  }

  /** Rows [lanes, row] of bytes to columns [row, lanes] of integers. */
  private static void turn(byte[] samples, int from, int row, int lanes, int[] turned) {
    if (lanes != LANES) {
      for (int x = 0, to = 0; x < row; x++) {
        for (int lane = 0, at = from + x; lane < lanes; lane++, at += row) {
          turned[to++] = samples[at] & 0xFF;
        }
      }
      return;
    }
    // Eight rows at a time: as many streams of reads as a processor follows.
    for (int lane = 0; lane < LANES; lane += 8) {
      int a = from + lane * row;
      int b = a + row;
      int c = b + row;
      int d = c + row;
      int e = d + row;
      int f = e + row;
      int g = f + row;
      int h = g + row;
      for (int x = 0, to = lane; x < row; x++, to += LANES) {
        turned[to] = samples[a + x] & 0xFF;
        turned[to + 1] = samples[b + x] & 0xFF;
        turned[to + 2] = samples[c + x] & 0xFF;
        turned[to + 3] = samples[d + x] & 0xFF;
        turned[to + 4] = samples[e + x] & 0xFF;
        turned[to + 5] = samples[f + x] & 0xFF;
        turned[to + 6] = samples[g + x] & 0xFF;
        turned[to + 7] = samples[h + x] & 0xFF;
      }
    }
  }

  /** The pass along columns. */
  private static byte[] down(byte[] samples, int row, Weights weights) {
    if (weights.isIdentity()) return samples;
    byte[] result = new byte[size(1, weights.outputs(), row)];
    int[] wide = new int[samples.length];
    for (int i = 0; i < wide.length; i++) wide[i] = samples[i] & 0xFF;
    int[] sums = new int[row];
    for (int y = 0; y < weights.outputs(); y++) {
      sum(wide, weights.first[y] * row, weights.fixed[y], sums);
      int to = y * row;
      for (int i = 0; i < row; i++) result[to + i] = rounded(sums[i]);
    }
    return result;
  }

  /**
   * {@code sums[i]} is one half and the sum over k of {@code samples[from + k * n + i] *
   * weights[k]}.
   */
  private static void sum(int[] samples, int from, int[] weights, int[] sums) {
    int n = sums.length;
    int half = 1 << (PRECISION_BITS - 1);
    Arrays.fill(sums, half);
    int k = 0;
    for (; k + 4 <= weights.length; k += 4) {
      add4(
          samples,
          from + k * n,
          n,
          weights[k],
          weights[k + 1],
          weights[k + 2],
          weights[k + 3],
          sums);
    }
    for (; k < weights.length; k++) add(samples, from + k * n, weights[k], sums);
  }

  private static void add4(
      int[] samples, int a, int n, int wa, int wb, int wc, int wd, int[] sums) {
    int b = a + n;
    int c = b + n;
    int d = c + n;
    for (int i = 0; i < n; i++) {
      sums[i] +=
          samples[a + i] * wa + samples[b + i] * wb + samples[c + i] * wc + samples[d + i] * wd;
    }
  }

  private static void add(int[] samples, int from, int weight, int[] sums) {
    for (int i = 0; i < sums.length; i++) sums[i] += samples[from + i] * weight;
  }

  private static byte rounded(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }

  /**
   * One pass over an array of shape [outer, inputs, inner], along its middle axis. Along rows,
   * outer is the height and inner a pixel; along columns, inner is a whole row.
   */
  private static float[] pass(
      float[] samples, int outer, int inner, Weights weights, boolean integer) {
    if (weights.isIdentity()) return samples;
    int outputs = weights.outputs();
    float[] result = new float[size(outer, outputs, inner)];
    double[] sums = new double[inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < outputs; i++) {
        Arrays.fill(sums, 0);
        int from = (o * weights.inputs + weights.first[i]) * inner;
        for (double weight : weights.real[i]) {
          for (int j = 0; j < inner; j++) sums[j] += samples[from + j] * weight;
          from += inner;
        }
        int to = (o * outputs + i) * inner;
        for (int j = 0; j < inner; j++) {
          double sum = sums[j];
          result[to + j] =
              (float) (integer ? Math.max(0, Math.min(65535, Math.floor(sum + 0.5))) : sum);
        }
      }
    }
    return result;
  }

  /** For each output pixel of one axis, the first input pixel that counts and the weights. */
  private static final class Weights {
    final int inputs;
    final int[] first;
    final double[][] real;
    final int[][] fixed;

    private Weights(int inputs, int[] first, double[][] real, int[][] fixed) {
      this.inputs = inputs;
      this.first = first;
      this.real = real;
      this.fixed = fixed;
    }

    static Weights of(int inputs, int outputs, Filter filter) {
      int[] first = new int[outputs];
      double[][] real = new double[outputs][];
      int[][] fixed = new int[outputs][];
      double scale = (double) inputs / outputs;
      double stretch = Math.max(1, scale);
      double support = filter.support * stretch;
      double shrink = 1 / stretch;
      for (int i = 0; i < outputs; i++) {
        double centre = (i + 0.5) * scale;
        int from = Math.max(0, (int) (centre - support + 0.5));
        int to = Math.min(inputs, (int) (centre + support + 0.5));
        double[] weights = new double[to - from];
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
          weights[k] = filter.weight((k + from - centre + 0.5) * shrink);
          sum += weights[k];
        }
        int[] rounded = new int[weights.length];
        for (int k = 0; k < weights.length; k++) {
          if (sum != 0) weights[k] /= sum;
          double units = weights[k] * (1 << PRECISION_BITS);
          rounded[k] = (int) (units < 0 ? units - 0.5 : units + 0.5);
        }
        first[i] = from;
        real[i] = weights;
        fixed[i] = rounded;
      }
      return new Weights(inputs, first, real, fixed);
    }

    int outputs() {
      return first.length;
    }

    boolean isIdentity() {
      return inputs == first.length;
    }
  }
}
