package io.earthembed.vector;

import io.earthembed.internal.Checks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A matrix of embeddings: n rows of d float32, row-major, off-heap.
 *
 * <p>The rows lie in chunks of direct buffers of up to 1 GiB, native byte order, so that a matrix
 * may be larger than 2 GiB and native code reads it without a copy. The garbage collector frees the
 * memory, as that of any direct buffer, so there is nothing to close and no view can outlive it.
 * Reading is safe from many threads; writing is not synchronised.
 */
public final class Vectors {
  /** The most bytes of one chunk. */
  static final long MAX_CHUNK_BYTES = 1L << 30;

  /** The most components of a row: those of a 2 GiB buffer. */
  public static final int MAX_DIMENSION = Integer.MAX_VALUE / Float.BYTES;

  /**
   * The largest Euclidean length of a vector in an index: the square of the sum of two lengths
   * stays far below float32's 3.4e38.
   */
  public static final double MAX_NORM = 1e18;

  private final long rows;
  private final int dimension;
  private final int rowsPerChunk;
  private final List<FloatBuffer> chunks;

  private Vectors(long rows, int dimension, int rowsPerChunk, List<FloatBuffer> chunks) {
    this.rows = rows;
    this.dimension = dimension;
    this.rowsPerChunk = rowsPerChunk;
    this.chunks = chunks;
  }

  /**
   * Creates a matrix of zeros.
   *
   * @param rows 0 or more
   * @param dimension in [1, {@link #MAX_DIMENSION}]
   * @throws IllegalArgumentException if their product exceeds 2^61
   * @throws OutOfMemoryError if direct memory runs out ({@code -XX:MaxDirectMemorySize})
   */
  public static Vectors allocate(long rows, int dimension) {
    return allocate(rows, dimension, MAX_CHUNK_BYTES);
  }

  static Vectors allocate(long rows, int dimension, long maxChunkBytes) {
    if (rows < 0) throw new IllegalArgumentException("negative rows: " + rows);
    requireDimension(dimension);
    long rowBytes = Math.multiplyFull(Float.BYTES, dimension);
    if (rows > (Long.MAX_VALUE - maxChunkBytes) / rowBytes) {
      throw new IllegalArgumentException(
          rows + " rows of dimension " + dimension + " are too many");
    }
    int rowsPerChunk = (int) Math.max(1, Math.min(Integer.MAX_VALUE, maxChunkBytes / rowBytes));
    List<FloatBuffer> chunks = new ArrayList<>();
    for (long from = 0; from < rows; from += rowsPerChunk) {
      int n = (int) Math.min(rowsPerChunk, rows - from);
      chunks.add(
          ByteBuffer.allocateDirect(Math.toIntExact(n * rowBytes))
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer());
    }
    return new Vectors(rows, dimension, rowsPerChunk, List.copyOf(chunks));
  }

  /**
   * Checks the length of a vector.
   *
   * @throws IllegalArgumentException unless it is in [1, {@link #MAX_DIMENSION}]
   */
  public static void requireDimension(int dimension) {
    Checks.positive("dimension", dimension);
    if (dimension > MAX_DIMENSION) {
      throw new IllegalArgumentException("dimension beyond " + MAX_DIMENSION + ": " + dimension);
    }
  }

  /**
   * Copies rows into a new matrix.
   *
   * @param rows at least one, all of one length
   */
  public static Vectors of(float[]... rows) {
    if (rows.length == 0) throw new IllegalArgumentException("no rows: use allocate(0, dimension)");
    Vectors vectors = allocate(rows.length, rows[0].length);
    for (int i = 0; i < rows.length; i++) vectors.set(i, rows[i]);
    return vectors;
  }

  /**
   * Wraps a direct buffer without copying it.
   *
   * @param values direct, native byte order; its remaining values are the rows, one after another
   * @param dimension 1 or more; divides the number of values
   */
  public static Vectors wrap(FloatBuffer values, int dimension) {
    requireDimension(dimension);
    if (!values.isDirect() || values.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException("values is not a direct buffer in native byte order");
    }
    if (values.remaining() % dimension != 0) {
      throw new IllegalArgumentException(
          values.remaining() + " values are not whole rows of " + dimension);
    }
    int rows = values.remaining() / dimension;
    return new Vectors(
        rows, dimension, Math.max(1, rows), rows == 0 ? List.of() : List.of(values.slice()));
  }

  /** Returns the number of rows. */
  public long rows() {
    return rows;
  }

  /** Returns the length of a row. */
  public int dimension() {
    return dimension;
  }

  /** Returns a copy of one row. */
  public float[] row(long row) {
    float[] copy = new float[dimension];
    get(row, copy);
    return copy;
  }

  /**
   * Copies one row into an array.
   *
   * @param row in [0, rows)
   * @param target length dimension
   */
  public void get(long row, float[] target) {
    requireLength(target);
    chunkOf(row).get(offsetOf(row), target, 0, dimension);
  }

  /**
   * Replaces one row.
   *
   * @param row in [0, rows)
   * @param values length dimension
   */
  public void set(long row, float[] values) {
    requireLength(values);
    chunkOf(row).put(offsetOf(row), values, 0, dimension);
  }

  /** Returns the number of chunks. */
  public int chunkCount() {
    return chunks.size();
  }

  /**
   * Returns one chunk without a copy: whole rows, position 0, limit rows x dimension. Rows of chunk
   * c start at row {@code c * rowsPerChunk()}.
   */
  public FloatBuffer chunk(int chunk) {
    return chunks.get(chunk).duplicate();
  }

  /** Returns the rows per chunk; only the last chunk may have fewer. */
  public int rowsPerChunk() {
    return rowsPerChunk;
  }

  /** Divides each row by its Euclidean length, in place; a row of zeros is unchanged. */
  public void normalize() {
    float[] row = new float[dimension];
    for (long i = 0; i < rows; i++) {
      get(i, row);
      double sum = 0;
      for (float v : row) sum += (double) v * v;
      if (sum == 0) continue;
      double scale = 1 / Math.sqrt(sum);
      for (int j = 0; j < dimension; j++) row[j] = (float) (row[j] * scale);
      set(i, row);
    }
  }

  /**
   * Fails unless every component is a finite number.
   *
   * @param name the caller's name for this matrix
   * @throws IllegalArgumentException naming the first row and column with another value
   */
  public void requireFinite(String name) {
    for (int c = 0; c < chunks.size(); c++) {
      FloatBuffer values = chunks.get(c);
      for (int i = 0; i < values.limit(); i++) {
        if (!Float.isFinite(values.get(i))) {
          throw new IllegalArgumentException(
              name
                  + " has "
                  + values.get(i)
                  + " at row "
                  + ((long) c * rowsPerChunk + i / dimension)
                  + ", column "
                  + i % dimension);
        }
      }
    }
  }

  /**
   * Fails unless every row's components are finite and its Euclidean length is at most {@link
   * #MAX_NORM}, so that no score overflows float32.
   *
   * @param name the caller's name for this matrix
   * @throws IllegalArgumentException naming the first row that fails
   */
  public void requireComparable(String name) {
    requireFinite(name);
    for (long i = 0; i < rows; i++) {
      FloatBuffer values = chunkOf(i);
      int from = offsetOf(i);
      double sum = 0;
      for (int j = 0; j < dimension; j++)
        sum += (double) values.get(from + j) * values.get(from + j);
      requireNorm(name, i, sum);
    }
  }

  /**
   * Fails unless the components of a single vector are finite and its Euclidean length is at most
   * {@link #MAX_NORM}.
   *
   * @param name the caller's name for this vector
   * @throws IllegalArgumentException if one of these does not hold
   */
  public static void requireComparable(String name, float[] vector) {
    double sum = 0;
    for (int j = 0; j < vector.length; j++) {
      if (!Float.isFinite(vector[j])) {
        throw new IllegalArgumentException(name + " has " + vector[j] + " at row 0, column " + j);
      }
      sum += (double) vector[j] * vector[j];
    }
    requireNorm(name, 0, sum);
  }

  private static void requireNorm(String name, long row, double squared) {
    if (squared > MAX_NORM * MAX_NORM) {
      throw new IllegalArgumentException(
          name
              + " has a norm of "
              + Math.sqrt(squared)
              + " at row "
              + row
              + ", more than "
              + MAX_NORM);
    }
  }

  private FloatBuffer chunkOf(long row) {
    Objects.checkIndex(row, rows);
    return chunks.get((int) (row / rowsPerChunk));
  }

  private int offsetOf(long row) {
    return (int) (row % rowsPerChunk) * dimension;
  }

  private void requireLength(float[] values) {
    if (values.length != dimension) {
      throw new IllegalArgumentException("length " + values.length + ", expected " + dimension);
    }
  }

  @Override
  public String toString() {
    return "Vectors[" + rows + " x " + dimension + "]";
  }
}
