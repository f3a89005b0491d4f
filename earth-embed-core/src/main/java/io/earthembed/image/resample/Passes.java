package io.earthembed.image.resample;

import io.earthembed.image.Raster;
import java.util.ArrayList;
import java.util.List;

/**
 * Both passes of a resize, some rows at a time. Each input row is filtered horizontally once and
 * kept as long as output rows need it. The object reuses its memory for the next picture. For one
 * thread.
 *
 * @param <R> a filtered row
 */
abstract sealed class Passes<R> permits BytePasses, RealPasses {
  private final int step;

  /** The filtered rows; row y of the input is at {@code y % size}. */
  private final List<R> rows = new ArrayList<>();

  private int rowLength;

  /**
   * @param step number of rows to filter at once
   */
  Passes(int step) {
    this.step = step;
  }

  /**
   * * Resizes a raster.
   *
   * @param across kernel along the columns of the result
   * @param down kernel along the rows of the result
   * @param into receives the result
   */
  final void run(Raster from, Kernel across, Kernel down, Raster into) {
    int length = into.width() * into.bands();
    if (length > rowLength) {
      rows.clear();
      rowLength = length;
    }
    while (rows.size() < down.taps + step) rows.add(newRow(rowLength)); // some rows are ahead
    begin(from, across, into);
    int next = down.first[0];
    for (int y = 0; y < into.height(); y++) {
      int end = down.first[y] + down.length[y];
      for (; next < end; next += step) filter(next, Math.min(step, from.height() - next));
      blend(down, y);
    }
    end();
  }

  final R row(int y) {
    return rows.get(y % rows.size());
  }

  /** Prepares for a resize. */
  abstract void begin(Raster from, Kernel across, Raster into);

  /** Releases the rasters. */
  abstract void end();

  abstract R newRow(int length);

  /** Filters a number of input rows horizontally, starting at row y. */
  abstract void filter(int y, int count);

  /** Writes a row of the result. */
  abstract void blend(Kernel down, int y);

  /** Returns roughly the bytes of memory in use. */
  abstract long bytes();

  final long rowBytes() {
    return (long) rows.size() * rowLength * Integer.BYTES;
  }
}
