package io.earthembed.image.resample;

import io.earthembed.image.Raster;
import java.util.ArrayList;
import java.util.List;

/**
 * Both passes of a resize, some rows at a time: each input row is filtered along itself once, and
 * kept as long as output rows need it. Has its memory from one picture to the next; for one thread.
 *
 * @param <R> a filtered row
 */
abstract sealed class Passes<R> permits BytePasses, RealPasses {
  private final int step;

  /** Filtered rows; row y of the input is at {@code y % size}. */
  private final List<R> rows = new ArrayList<>();

  private int rowLength;

  /**
   * @param step rows that are filtered at once
   */
  Passes(int step) {
    this.step = step;
  }

  /**
   * Resizes.
   *
   * @param across one stretch of columns
   * @param down one of rows
   * @param into what the two make up
   */
  final void run(Raster from, Kernel across, Kernel down, Raster into) {
    int length = into.width() * into.bands();
    if (length > rowLength) {
      rows.clear();
      rowLength = length;
    }
    while (rows.size() < down.taps + step) rows.add(newRow(rowLength)); // some are ahead
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

  /** Takes note of what is to be done. */
  abstract void begin(Raster from, Kernel across, Raster into);

  /** Lets go of the rasters. */
  abstract void end();

  abstract R newRow(int length);

  /** Filters so many rows of the input along themselves, from y on. */
  abstract void filter(int y, int count);

  /** Writes a row of the result. */
  abstract void blend(Kernel down, int y);

  /** About how many bytes it holds. */
  abstract long bytes();

  final long rowBytes() {
    return (long) rows.size() * rowLength * Integer.BYTES;
  }
}
