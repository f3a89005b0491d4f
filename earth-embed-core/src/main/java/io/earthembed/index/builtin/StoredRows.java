package io.earthembed.index.builtin;

import io.earthembed.vector.Vectors;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows under consecutive ordinals. They lie in arrays on the heap: loops over arrays are the
 * fastest that Java has, and need no copy of a row. Reading is safe from many threads; adding is
 * not synchronized.
 */
final class StoredRows {
  /** The most components of an array: 64 MiB. */
  private static final int MAX_PART = 1 << 24;

  private final int dimension;
  private final List<Part> parts = new ArrayList<>();

  /**
   * Rows of one array.
   *
   * @param values the rows, one after another
   * @param first ordinal of the first row
   * @param end one more than the ordinal of the last row
   */
  record Part(float[] values, long first, long end) {}

  StoredRows(int dimension) {
    this.dimension = dimension;
  }

  /** Returns arrays for new rows: whole rows each, and all of one length but the last. */
  static List<float[]> allocate(long rows, int dimension) {
    List<float[]> arrays = new ArrayList<>();
    int most = Math.max(1, MAX_PART / dimension);
    for (long from = 0; from < rows; from += most) {
      arrays.add(new float[(int) Math.min(most, rows - from) * dimension]);
    }
    return arrays;
  }

  /** Copies a matrix into arrays. */
  static List<float[]> copyOf(Vectors vectors) {
    List<float[]> arrays = allocate(vectors.rows(), vectors.dimension());
    int chunk = 0;
    FloatBuffer values = FloatBuffer.allocate(0);
    for (float[] array : arrays) {
      int filled = 0;
      while (filled < array.length) {
        if (!values.hasRemaining()) values = vectors.chunk(chunk++);
        int some = Math.min(values.remaining(), array.length - filled);
        values.get(array, filled, some);
        filled += some;
      }
    }
    return arrays;
  }

  /** Adds rows, which the caller no longer changes. */
  void add(List<float[]> arrays) {
    for (float[] values : arrays) {
      long first = size();
      parts.add(new Part(values, first, first + values.length / dimension));
    }
  }

  void clear() {
    parts.clear();
  }

  int dimension() {
    return dimension;
  }

  long size() {
    return parts.isEmpty() ? 0 : parts.get(parts.size() - 1).end;
  }

  List<Part> parts() {
    return parts;
  }

  /** Copies a row into an array of its length. */
  void copy(long ordinal, float[] into) {
    Part part = parts.get(partOf(ordinal));
    int from = (int) (ordinal - part.first) * dimension;
    System.arraycopy(part.values, from, into, 0, dimension);
  }

  /** Returns the number of the part that holds a row. */
  int partOf(long ordinal) {
    int low = 0;
    int high = parts.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ordinal < parts.get(middle).end) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
