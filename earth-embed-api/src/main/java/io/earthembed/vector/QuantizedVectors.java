package io.earthembed.vector;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A matrix of embeddings as their publisher stored them: n rows of d integers of 8 bits or of d
 * bits, row-major, off-heap, and the {@link Scaling} that turns integers into values.
 *
 * <p>Immutable, as long as nobody writes to the buffer; then safe for many threads.
 */
public final class QuantizedVectors {
  /** The forms of a stored row. */
  public enum Format {
    /** Integers from -128 to 127, one byte each. */
    INT8,
    /** Integers from 0 to 255, one byte each. */
    UINT8,
    /**
     * Bits, eight to a byte, the first component in the lowest bit, as NumPy's {@code packbits} has
     * them with {@code bitorder='little'}. A set bit is the value 1, a cleared one -1. Bits after
     * the last component do not count.
     */
    BITS_LOWEST_FIRST,
    /**
     * Bits, eight to a byte, the first component in the highest bit, as NumPy's {@code packbits}
     * has them by default. Values as in {@link #BITS_LOWEST_FIRST}.
     */
    BITS_HIGHEST_FIRST;

    /** Returns whether a component is one bit. */
    public boolean isBits() {
      return this == BITS_LOWEST_FIRST || this == BITS_HIGHEST_FIRST;
    }

    /**
     * Returns the bytes of a row.
     *
     * @param dimension components of the row, 1 or more
     */
    public int bytes(int dimension) {
      return isBits() ? (dimension + 7) >>> 3 : dimension;
    }
  }

  /** The ways in which the numbers of a {@link Scaling} belong to integers. */
  public enum ScalingKind {
    /** One scale and one offset: value = integer * scale + offset. */
    SET,
    /** A scale and an offset for each row. */
    PER_ROW,
    /** A scale and an offset for each component. */
    PER_COMPONENT,
    /** One scale: value = integer * |integer| * scale. */
    SIGNED_SQUARE
  }

  /** Turns stored integers into values. Immutable and safe for many threads. */
  public static final class Scaling {
    /** Every integer is its own value. */
    public static final Scaling NONE = linear(1, 0);

    /** Beyond the integers of 8 bits. */
    private static final int NO_INTEGER = Integer.MAX_VALUE;

    private final ScalingKind kind;
    private final double[] scales;
    private final double[] offsets;
    private final int missing;

    private Scaling(ScalingKind kind, double[] scales, double[] offsets, int missing) {
      if (scales.length != offsets.length) {
        throw new IllegalArgumentException(
            scales.length + " scales, but " + offsets.length + " offsets");
      }
      this.kind = kind;
      this.scales = scales.clone();
      this.offsets = offsets.clone();
      this.missing = missing;
    }

    /** Returns one scale and offset for all: value = integer * scale + offset. */
    public static Scaling linear(double scale, double offset) {
      return new Scaling(ScalingKind.SET, new double[] {scale}, new double[] {offset}, NO_INTEGER);
    }

    /**
     * Returns a scale and an offset per row.
     *
     * @param scales one per row; NaN makes a row NaN
     * @param offsets one per row
     */
    public static Scaling perRow(double[] scales, double[] offsets) {
      return new Scaling(ScalingKind.PER_ROW, scales, offsets, NO_INTEGER);
    }

    /**
     * Returns a scale and an offset per component.
     *
     * @param scales one per component
     * @param offsets one per component
     */
    public static Scaling perComponent(double[] scales, double[] offsets) {
      return new Scaling(ScalingKind.PER_COMPONENT, scales, offsets, NO_INTEGER);
    }

    /**
     * Returns a square that keeps the sign: value = (integer / divisor)^2 * sign(integer).
     *
     * @param divisor not 0
     * @param missing the integer that stands for missing data, which becomes NaN
     */
    public static Scaling signedSquare(double divisor, int missing) {
      if (divisor == 0) throw new IllegalArgumentException("divisor is 0");
      double scale = 1 / (divisor * divisor);
      return new Scaling(
          ScalingKind.SIGNED_SQUARE, new double[] {scale}, new double[] {0}, missing);
    }

    /** Returns how the numbers belong to integers. */
    public ScalingKind kind() {
      return kind;
    }

    /** Returns a copy of the scales: one, or one per row or component. */
    public double[] scales() {
      return scales.clone();
    }

    /** Returns a copy of the offsets, as many as scales. */
    public double[] offsets() {
      return offsets.clone();
    }

    /** Returns the integer that stands for missing data; {@link Integer#MAX_VALUE} if none does. */
    public int missing() {
      return missing;
    }

    private float value(int integer, int row, int component) {
      if (integer == missing) return Float.NaN;
      return switch (kind) {
        case SET -> (float) (integer * scales[0] + offsets[0]);
        case PER_ROW -> (float) (integer * scales[row] + offsets[row]);
        case PER_COMPONENT -> (float) (integer * scales[component] + offsets[component]);
        case SIGNED_SQUARE -> (float) (integer * Math.abs(integer) * scales[0]);
      };
    }

    @Override
    public String toString() {
      return switch (kind) {
        case SET -> "integers * " + scales[0] + " + " + offsets[0];
        case PER_ROW -> "integers with a scale and an offset per row";
        case PER_COMPONENT -> "integers with a scale and an offset per component";
        case SIGNED_SQUARE -> "signed squares of integers * " + scales[0];
      };
    }
  }

  private final Format format;
  private final ByteBuffer codes;
  private final int rows;
  private final int dimension;
  private final Scaling scaling;

  private QuantizedVectors(Format format, ByteBuffer codes, int dimension, Scaling scaling) {
    this.format = Objects.requireNonNull(format, "format");
    this.scaling = Objects.requireNonNull(scaling, "scaling");
    Vectors.requireDimension(dimension);
    if (!codes.isDirect()) throw new IllegalArgumentException("codes is not a direct buffer");
    int bytes = format.bytes(dimension);
    if (codes.remaining() % bytes != 0) {
      throw new IllegalArgumentException(
          codes.remaining() + " bytes are not whole rows of " + bytes);
    }
    this.codes = codes.slice();
    this.dimension = dimension;
    this.rows = codes.remaining() / bytes;
    int expected =
        switch (scaling.kind) {
          case PER_ROW -> rows;
          case PER_COMPONENT -> dimension;
          default -> 1;
        };
    if (scaling.scales.length != expected) {
      throw new IllegalArgumentException(
          scaling + ": " + scaling.scales.length + " scales for " + expected);
    }
    if (scaling.kind == ScalingKind.SIGNED_SQUARE && format == Format.UINT8) {
      throw new IllegalArgumentException("signed squares of integers without a sign");
    }
  }

  /**
   * Wraps bytes without copying them.
   *
   * @param format {@link Format#INT8} or {@link Format#UINT8}
   * @param codes direct; its remaining bytes are the rows, one after another
   * @param dimension components of a row, 1 or more
   * @param scaling the values of the integers
   * @throws IllegalArgumentException if there are no whole rows, or more or fewer scales than rows
   *     or components
   */
  public static QuantizedVectors bytes(
      Format format, ByteBuffer codes, int dimension, Scaling scaling) {
    if (format.isBits()) throw new IllegalArgumentException("format has bits: " + format);
    return new QuantizedVectors(format, codes, dimension, scaling);
  }

  /**
   * Wraps packed bits without copying them.
   *
   * @param format {@link Format#BITS_LOWEST_FIRST} or {@link Format#BITS_HIGHEST_FIRST}
   * @param codes direct; its remaining bytes are the rows, one after another, each of whole bytes
   * @param dimension components of a row, 1 or more
   * @throws IllegalArgumentException if there are no whole rows
   */
  public static QuantizedVectors bits(Format format, ByteBuffer codes, int dimension) {
    if (!format.isBits()) throw new IllegalArgumentException("format has bytes: " + format);
    return new QuantizedVectors(format, codes, dimension, Scaling.NONE);
  }

  /** Returns the form of a row. */
  public Format format() {
    return format;
  }

  /** Returns the stored rows without a copy, position 0. */
  public ByteBuffer codes() {
    return codes.duplicate();
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the components of a row. */
  public int dimension() {
    return dimension;
  }

  /** Returns how integers become values; of bits, {@link Scaling#NONE}. */
  public Scaling scaling() {
    return scaling;
  }

  /**
   * Decodes a row.
   *
   * @param row in [0, rows)
   * @param target length dimension; receives the values, NaN for missing data
   */
  public void get(int row, float[] target) {
    Objects.checkIndex(row, rows);
    if (target.length != dimension) {
      throw new IllegalArgumentException("length " + target.length + ", expected " + dimension);
    }
    int from = row * format.bytes(dimension);
    switch (format) {
      case INT8 -> {
        for (int j = 0; j < dimension; j++) target[j] = scaling.value(codes.get(from + j), row, j);
      }
      case UINT8 -> {
        for (int j = 0; j < dimension; j++) {
          target[j] = scaling.value(Byte.toUnsignedInt(codes.get(from + j)), row, j);
        }
      }
      case BITS_LOWEST_FIRST, BITS_HIGHEST_FIRST -> {
        int flip = format == Format.BITS_HIGHEST_FIRST ? 7 : 0;
        for (int j = 0; j < dimension; j++) {
          target[j] = (codes.get(from + (j >> 3)) >> ((j & 7) ^ flip) & 1) == 1 ? 1 : -1;
        }
      }
    }
  }

  /**
   * Decodes all rows into a matrix.
   *
   * @param target of the same dimension
   * @param targetRow the target's row that receives the first row
   */
  public void copyTo(Vectors target, long targetRow) {
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      get(i, row);
      target.set(targetRow + i, row);
    }
  }

  /** Returns the decoded rows. */
  public Vectors toVectors() {
    Vectors vectors = Vectors.allocate(rows, dimension);
    copyTo(vectors, 0);
    return vectors;
  }

  @Override
  public String toString() {
    return "QuantizedVectors[" + rows + " x " + dimension + " " + format + "]";
  }
}
