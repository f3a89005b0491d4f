package io.earthembed.image.resample;

import io.earthembed.image.Raster;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Resizes 8-bit samples. Both passes add up arrays whose elements share a weight. The compiler
 * turns this into vector instructions if each is a separate array and if the loops are small. For
 * the pass along columns these arrays are rows; for the pass along rows, {@link #LANES} rows are
 * transposed first.
 *
 * <p>An element packs the samples of up to three neighboring bands of a pixel, so that an {@code
 * int} is moved in place of three bytes: {@code v = a + (b << 8) + (c << 16)}. Three weighted sums
 * are computed: of v, of {@code v >>> 8} and of {@code v >>> 16}. The last is that of c. The one
 * before it, less 256 times the last, is that of b; and so on. The sums overflow, but the
 * differences are exact modulo 2^32, and they fit an {@code int}.
 */
final class BytePasses extends Passes<int[]> {
  /** The rows that are filtered horizontally at once; a multiple of 8. */
  private static final int LANES = 128;

  /** The most samples in an element. Four would be more work for pictures of three bands. */
  private static final int PACK = 3;

  private static final int BITS = Kernel.PRECISION_BITS;
  private static final int HALF = 1 << (BITS - 1);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private ByteBuffer source = NOTHING;
  private ByteBuffer target = NOTHING;
  private Kernel across = new Kernel(1, 1, Resampler.Filter.BILINEAR, 0, 1);
  private int width;
  private int bands;

  /** The samples of an element. */
  private int parts;

  /** The elements of a pixel. */
  private int packs;

  /** Rows of the input, one after another, and the bytes that the last element may read. */
  private byte[] strip = new byte[0];

  /** The transposed strip: for each pixel of a row, its elements in all rows, pack by pack. */
  private int[][] columns = new int[0][0];

  private int columnLength;

  /** The filtered rows that make up an output row. */
  private int[][] window = new int[0][];

  /** The weighted sums of the elements, of the elements {@code >>> 8}, and {@code >>> 16}. */
  private final int[][] sums = new int[PACK][0];

  /** The elements of an output row, or of {@link #LANES} rows in one column. */
  private int[] packed = new int[0];

  private byte[] result = new byte[0];

  /** The rows that are filtered together; kept, so that a resize leaves no garbage. */
  private final int[][] rows = new int[LANES][];

  BytePasses() {
    super(LANES);
  }

  @Override
  void begin(Raster from, Kernel kernel, Raster into) {
    if ((long) from.width() * from.bands() > (Integer.MAX_VALUE - PACK) / LANES) {
      throw new IllegalArgumentException("rows too long to be resized: " + from);
    }
    source = from.data();
    target = into.samples();
    across = kernel;
    width = from.width();
    bands = from.bands();
    parts = Math.min(PACK, bands);
    packs = (bands + PACK - 1) / PACK;
    int needed = LANES * width * bands + PACK;
    if (strip.length < needed) strip = new byte[needed];
    if (columns.length < width || columnLength < LANES * packs) {
      columnLength = LANES * packs;
      columns = new int[width][columnLength];
    }
    int length = Math.max(LANES, into.width()) * packs;
    if (packed.length < length) {
      for (int part = 0; part < PACK; part++) sums[part] = new int[length];
      packed = new int[length];
    }
    needed = into.width() * bands + PACK;
    if (result.length < needed) result = new byte[needed];
  }

  @Override
  void end() {
    source = NOTHING;
    target = NOTHING;
    Arrays.fill(rows, null);
  }

  @Override
  int[] newRow(int length) {
    return new int[length];
  }

  @Override
  void filter(int y, int count) {
    int row = width * bands;
    int lanes = count + 7 & -8;
    source.get(y * row, strip, 0, count * row);
    for (int pack = 0; pack < packs; pack++) {
      int first = pack * PACK;
      int mask = (1 << 8 * Math.min(PACK, bands - first)) - 1;
      for (int lane = 0; lane < count; lane += 8) {
        turn(strip, lane * row + first, row, bands, mask, columns, width, pack * lanes + lane);
      }
    }
    for (int lane = 0; lane < count; lane++) rows[lane] = row(y + lane);
    for (int x = 0; x < across.first.length; x++) {
      sum(columns, across.first[x], across, x, lanes * packs);
      for (int pack = 0; pack < packs; pack++) {
        spread(packed, pack * lanes, rows, x * packs + pack, count);
      }
    }
  }

  private static void spread(int[] packed, int from, int[][] rows, int column, int count) {
    for (int lane = 0; lane < count; lane++) rows[lane][column] = packed[from + lane];
  }

  /** Transposes eight rows at a time, because processors prefetch about that many streams. */
  private static void turn(
      byte[] strip, int from, int row, int bands, int mask, int[][] columns, int width, int to) {
    int b = from + row;
    int c = b + row;
    int d = c + row;
    int e = d + row;
    int f = e + row;
    int g = f + row;
    int h = g + row;
    for (int x = 0, i = 0; x < width; x++, i += bands) {
      int[] column = columns[x];
      column[to] = (int) INT.get(strip, from + i) & mask;
      column[to + 1] = (int) INT.get(strip, b + i) & mask;
      column[to + 2] = (int) INT.get(strip, c + i) & mask;
      column[to + 3] = (int) INT.get(strip, d + i) & mask;
      column[to + 4] = (int) INT.get(strip, e + i) & mask;
      column[to + 5] = (int) INT.get(strip, f + i) & mask;
      column[to + 6] = (int) INT.get(strip, g + i) & mask;
      column[to + 7] = (int) INT.get(strip, h + i) & mask;
    }
  }

  @Override
  void blend(Kernel down, int y) {
    int count = down.length[y];
    if (window.length < count) window = new int[count][];
    for (int i = 0; i < count; i++) window[i] = row(down.first[y] + i);
    int pixels = across.first.length;
    sum(window, 0, down, y, pixels * packs);
    write(packed, pixels, packs, bands, result);
    target.put(y * pixels * bands, result, 0, pixels * bands);
  }

  /** Writes the elements of a row; each overwrites the spare bytes of the one before it. */
  private static void write(int[] packed, int width, int packs, int bands, byte[] result) {
    if (packs == 1) {
      for (int x = 0; x < width; x++) INT.set(result, x * bands, packed[x]);
      return;
    }
    for (int x = 0, i = 0; x < width; x++) {
      for (int pack = 0; pack < packs; pack++) {
        INT.set(result, x * bands + pack * PACK, packed[i++]);
      }
    }
  }

  /** Sets the packed elements of one output pixel, of which the arrays from {@code first} on. */
  private void sum(int[][] arrays, int first, Kernel kernel, int pixel, int length) {
    int start = HALF;
    for (int part = parts - 1; part >= 0; part--) {
      sum(arrays, first, kernel, pixel, 8 * part, start, sums[part], length);
      start = HALF + (start << 8);
    }
    roundLast(sums[parts - 1], 8 * (parts - 1), packed, length);
    for (int part = parts - 2; part >= 0; part--) {
      round(sums[part], sums[part + 1], 8 * part, packed, length);
    }
  }

  private static void roundLast(int[] sums, int shift, int[] packed, int length) {
    for (int i = 0; i < length; i++) packed[i] = rounded(sums[i]) << shift;
  }

  private static void round(int[] sums, int[] next, int shift, int[] packed, int length) {
    for (int i = 0; i < length; i++) packed[i] |= rounded(sums[i] - (next[i] << 8)) << shift;
  }

  /** Clamps by arithmetic: Java 17 compiles Math.min and max to no vector instructions. */
  private static int rounded(int sum) {
    int sample = sum >> BITS;
    int positive = sample & ~(sample >> 31);
    return (positive | (255 - sample) >> 31) & 255;
  }

  /** Computes the weighted sum of elements that are shifted right, plus a start value. */
  private static void sum(
      int[][] arrays,
      int first,
      Kernel kernel,
      int pixel,
      int shift,
      int start,
      int[] sums,
      int length) {
    int[] w = kernel.fixed;
    int at = pixel * kernel.taps;
    int end = first + kernel.length[pixel];
    int i = first;
    if (i + 4 <= end) {
      set4(
          arrays[i],
          arrays[i + 1],
          arrays[i + 2],
          arrays[i + 3],
          w[at],
          w[at + 1],
          w[at + 2],
          w[at + 3],
          shift,
          start,
          sums,
          length);
      i += 4;
      at += 4;
    } else if (i + 2 <= end) {
      set2(arrays[i], arrays[i + 1], w[at], w[at + 1], shift, start, sums, length);
      i += 2;
      at += 2;
    } else {
      Arrays.fill(sums, 0, length, start);
    }
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
          shift,
          sums,
          length);
    }
    if (i + 2 <= end) {
      add2(arrays[i], arrays[i + 1], w[at], w[at + 1], shift, sums, length);
      i += 2;
      at += 2;
    }
    if (i < end) add(arrays[i], w[at], shift, sums, length);
  }

  private static void set4(
      int[] a,
      int[] b,
      int[] c,
      int[] d,
      int wa,
      int wb,
      int wc,
      int wd,
      int shift,
      int start,
      int[] sums,
      int length) {
    for (int i = 0; i < length; i++) {
      sums[i] =
          start
              + (a[i] >>> shift) * wa
              + (b[i] >>> shift) * wb
              + (c[i] >>> shift) * wc
              + (d[i] >>> shift) * wd;
    }
  }

  private static void set2(
      int[] a, int[] b, int wa, int wb, int shift, int start, int[] sums, int length) {
    for (int i = 0; i < length; i++) {
      sums[i] = start + (a[i] >>> shift) * wa + (b[i] >>> shift) * wb;
    }
  }

  private static void add4(
      int[] a,
      int[] b,
      int[] c,
      int[] d,
      int wa,
      int wb,
      int wc,
      int wd,
      int shift,
      int[] sums,
      int length) {
    for (int i = 0; i < length; i++) {
      sums[i] +=
          (a[i] >>> shift) * wa
              + (b[i] >>> shift) * wb
              + (c[i] >>> shift) * wc
              + (d[i] >>> shift) * wd;
    }
  }

  private static void add2(int[] a, int[] b, int wa, int wb, int shift, int[] sums, int length) {
    for (int i = 0; i < length; i++) sums[i] += (a[i] >>> shift) * wa + (b[i] >>> shift) * wb;
  }

  private static void add(int[] a, int weight, int shift, int[] sums, int length) {
    for (int i = 0; i < length; i++) sums[i] += (a[i] >>> shift) * weight;
  }

  @Override
  long bytes() {
    long ints = (long) columns.length * columnLength + 4L * packed.length;
    return rowBytes() + strip.length + result.length + 4 * ints;
  }
}
