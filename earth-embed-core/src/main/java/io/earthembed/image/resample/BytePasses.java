package io.earthembed.image.resample;

import io.earthembed.image.Raster;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Resizes 8-bit samples. Both passes add up arrays whose samples share a weight. The compiler turns
 * this into vector instructions if each is a separate array. For the pass along columns these
 * arrays are rows; for the pass along rows, {@link #LANES} rows are transposed first.
 */
final class BytePasses extends Passes<int[]> {
  /** The rows that are filtered horizontally at once; a multiple of 8. */
  private static final int LANES = 64;

  private static final int BITS = Kernel.PRECISION_BITS;
  private static final int HALF = 1 << (BITS - 1);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private ByteBuffer source = NOTHING;
  private ByteBuffer target = NOTHING;
  private Kernel across = new Kernel(1, 1, Resampler.Filter.BILINEAR, 0, 1);
  private int width;
  private int bands;

  /** Rows of the input, one after another. */
  private byte[] strip = new byte[0];

  /** The transposed strip: for each pixel of a row, its samples in all rows, band by band. */
  private int[][] columns = new int[0][0];

  /** The rows that are being filtered. */
  private final int[][] filtered = new int[LANES][];

  /** The filtered rows that make up an output row. */
  private int[][] window = new int[0][];

  private int[] sums = new int[0];
  private byte[] result = new byte[0];

  BytePasses() {
    super(LANES);
  }

  @Override
  void begin(Raster from, Kernel kernel, Raster into) {
    if ((long) from.width() * from.bands() > Integer.MAX_VALUE / LANES) {
      throw new IllegalArgumentException("rows too long to be resized: " + from);
    }
    source = from.data();
    target = into.samples();
    across = kernel;
    width = from.width();
    if (strip.length < LANES * width * from.bands()) strip = new byte[LANES * width * from.bands()];
    if (columns.length < width || bands != from.bands()) {
      columns = new int[width][LANES * from.bands()];
    }
    bands = from.bands();
    int length = Math.max(LANES, into.width()) * bands;
    if (sums.length < length) {
      sums = new int[length];
      result = new byte[length];
    }
  }

  @Override
  void end() {
    source = NOTHING;
    target = NOTHING;
  }

  @Override
  int[] newRow(int length) {
    return new int[length];
  }

  @Override
  void filter(int y, int count) {
    int row = width * bands;
    source.get(y * row, strip, 0, count * row);
    for (int band = 0; band < bands; band++) {
      for (int lane = 0; lane < count; lane += 8) {
        turn(strip, lane * row + band, row, bands, columns, width, band * LANES + lane);
      }
    }
    for (int lane = 0; lane < count; lane++) filtered[lane] = row(y + lane);
    int lanes = LANES * bands;
    for (int x = 0; x < across.first.length; x++) {
      sum(columns, across.first[x], across, x, sums, lanes);
      for (int band = 0; band < bands; band++) {
        spread(sums, band * LANES, filtered, x * bands + band, count);
      }
    }
  }

  private static void spread(int[] sums, int from, int[][] rows, int column, int count) {
    for (int lane = 0; lane < count; lane++) rows[lane][column] = rounded(sums[from + lane]);
  }

  /** Transposes eight rows at a time, because processors prefetch about that many streams. */
  private static void turn(
      byte[] strip, int from, int row, int bands, int[][] columns, int width, int to) {
    int b = from + row;
    int c = b + row;
    int d = c + row;
    int e = d + row;
    int f = e + row;
    int g = f + row;
    int h = g + row;
    for (int x = 0, i = 0; x < width; x++, i += bands) {
      int[] column = columns[x];
      column[to] = strip[from + i] & 0xFF;
      column[to + 1] = strip[b + i] & 0xFF;
      column[to + 2] = strip[c + i] & 0xFF;
      column[to + 3] = strip[d + i] & 0xFF;
      column[to + 4] = strip[e + i] & 0xFF;
      column[to + 5] = strip[f + i] & 0xFF;
      column[to + 6] = strip[g + i] & 0xFF;
      column[to + 7] = strip[h + i] & 0xFF;
    }
  }

  @Override
  void blend(Kernel down, int y) {
    int length = across.first.length * bands;
    int count = down.length[y];
    if (window.length < count) window = new int[count][];
    for (int i = 0; i < count; i++) window[i] = row(down.first[y] + i);
    sum(window, 0, down, y, sums, length);
    for (int i = 0; i < length; i++) result[i] = (byte) rounded(sums[i]);
    target.put(y * length, result, 0, length);
  }

  /**
   * Computes one half plus the weighted sum of the arrays from {@code first} on, for one output
   * pixel.
   */
  private static void sum(
      int[][] arrays, int first, Kernel kernel, int pixel, int[] sums, int length) {
    int[] w = kernel.fixed;
    int at = pixel * kernel.taps;
    int end = first + kernel.length[pixel];
    Arrays.fill(sums, 0, length, HALF);
    int i = first;
    for (; i + 4 <= end; i += 4, at += 4) {
      add4(
          arrays[i],
          arrays[i + 1],
          arrays[i + 2],
          arrays[i + 3],
          w[at],
          w[at + 1],
          w[at + 2],
          w[at + 3],
          sums,
          length);
    }
    if (i + 2 <= end) {
      add2(arrays[i], arrays[i + 1], w[at], w[at + 1], sums, length);
      i += 2;
      at += 2;
    }
    if (i < end) add(arrays[i], w[at], sums, length);
  }

  private static void add4(
      int[] a, int[] b, int[] c, int[] d, int wa, int wb, int wc, int wd, int[] sums, int length) {
    for (int i = 0; i < length; i++) {
      sums[i] += a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
    }
  }

  private static void add2(int[] a, int[] b, int wa, int wb, int[] sums, int length) {
    for (int i = 0; i < length; i++) sums[i] += a[i] * wa + b[i] * wb;
  }

  private static void add(int[] a, int weight, int[] sums, int length) {
    for (int i = 0; i < length; i++) sums[i] += a[i] * weight;
  }

  private static int rounded(int sum) {
    return Math.max(0, Math.min(255, sum >> BITS));
  }

  @Override
  long bytes() {
    return rowBytes() + strip.length + 4L * columns.length * LANES * bands + 5L * sums.length;
  }
}
