package io.earthembed.parquet;

import io.earthembed.base.table.SignedSquare;
import io.earthembed.base.thread.Processors;
import io.earthembed.parquet.internal.EmbeddingColumn;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.vector.QuantizedVectors.Format;
import io.earthembed.vector.QuantizedVectors.Scaling;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says how the integers or bits of stored embeddings become floats. Integers of 8 or 16 bits are
 * stored in lists; those of 8 bits also as bytes, one value a row ({@link #unsigned}). Bits are
 * packed in bytes, which are stored in either way. Immutable and safe for many threads.
 */
public final class Quantization {
  private enum Kind {
    LINEAR,
    PER_ROW,
    SIGNED_SQUARE,
    BFLOAT16,
    BITS
  }

  /** Rows that a thread scales at a time. */
  private static final int BLOCK = 1024;

  private final Kind kind;
  private final double[] scales;
  private final double[] offsets;
  private final @Nullable String scaleColumn;
  private final @Nullable String offsetColumn;
  private final int missing;

  /** The bytes of values that no list of integers describes. */
  private final Format format;

  private Quantization(
      Kind kind,
      double[] scales,
      double[] offsets,
      @Nullable String scaleColumn,
      @Nullable String offsetColumn,
      int missing) {
    this(kind, scales, offsets, scaleColumn, offsetColumn, missing, Format.INT8);
  }

  private Quantization(
      Kind kind,
      double[] scales,
      double[] offsets,
      @Nullable String scaleColumn,
      @Nullable String offsetColumn,
      int missing,
      Format format) {
    this.format = format;
    this.kind = kind;
    this.scales = scales;
    this.offsets = offsets;
    this.scaleColumn = scaleColumn;
    this.offsetColumn = offsetColumn;
    this.missing = missing;
  }

  private static double[] finite(String name, double... values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(name + " is not finite: " + Arrays.toString(values));
      }
    }
    return values.clone();
  }

  /** Returns one scale and offset for a dataset: value = integer * scale + offset. */
  public static Quantization linear(double scale, double offset) {
    return linear(new double[] {scale}, new double[] {offset});
  }

  /**
   * Returns a scale and an offset per component: value[j] = integer[j] * scales[j] + offsets[j].
   *
   * @param scales one, or one per component
   * @param offsets one, or one per component
   */
  public static Quantization linear(double[] scales, double[] offsets) {
    if (scales.length == 0 || offsets.length == 0) {
      throw new IllegalArgumentException("no scales or no offsets");
    }
    return new Quantization(
        Kind.LINEAR, finite("scales", scales), finite("offsets", offsets), null, null, 0);
  }

  /**
   * Returns a scale per row: value = integer * scale, as TESSERA has it.
   *
   * @param scaleColumn numbers; a null or NaN makes the row's embedding NaN
   */
  public static Quantization perRow(String scaleColumn) {
    Objects.requireNonNull(scaleColumn, "scaleColumn");
    return new Quantization(Kind.PER_ROW, new double[0], new double[0], scaleColumn, null, 0);
  }

  /**
   * Returns a scale and an offset per row: value = integer * scale + offset.
   *
   * @param scaleColumn numbers; a null or NaN makes the row's embedding NaN
   * @param offsetColumn numbers, likewise
   */
  public static Quantization perRow(String scaleColumn, String offsetColumn) {
    Objects.requireNonNull(scaleColumn, "scaleColumn");
    Objects.requireNonNull(offsetColumn, "offsetColumn");
    return new Quantization(
        Kind.PER_ROW, new double[0], new double[0], scaleColumn, offsetColumn, 0);
  }

  /**
   * Returns a square that keeps the sign: value = (integer / divisor)^2 * sign(integer).
   * AlphaEarth's int8 are {@code signedSquare(127.5, -128)}.
   *
   * @param divisor not 0
   * @param missing the integer that stands for missing data, which becomes NaN
   */
  public static Quantization signedSquare(double divisor, int missing) {
    if (divisor == 0) throw new IllegalArgumentException("divisor is 0");
    return new Quantization(
        Kind.SIGNED_SQUARE, finite("divisor", divisor), new double[0], null, null, missing);
  }

  /** Returns the upper 16 bits of a float, stored as an integer of 16 bits. */
  public static Quantization bfloat16() {
    return new Quantization(Kind.BFLOAT16, new double[0], new double[0], null, null, 0);
  }

  /**
   * Returns packed bits, eight to a byte: a set bit is the value 1, a cleared one -1. A row has as
   * many whole bytes as its components need, in a list of integers of 8 bits or in one value of
   * bytes.
   *
   * @param format {@link Format#BITS_HIGHEST_FIRST}, as NumPy's {@code packbits} packs by default,
   *     or {@link Format#BITS_LOWEST_FIRST}
   */
  public static Quantization bits(Format format) {
    if (!format.isBits()) throw new IllegalArgumentException("format has bytes: " + format);
    return new Quantization(Kind.BITS, new double[0], new double[0], null, null, 0, format);
  }

  /**
   * Returns a copy that reads the bytes of values as integers from 0 to 255 (default: from -128 to
   * 127). Lists of integers say it themselves.
   *
   * @throws IllegalArgumentException unless integers of 8 bits may be without a sign
   */
  public Quantization unsigned() {
    if (kind != Kind.LINEAR && kind != Kind.PER_ROW) {
      throw new IllegalArgumentException("integers without a sign: " + this);
    }
    return new Quantization(
        kind, scales, offsets, scaleColumn, offsetColumn, missing, Format.UINT8);
  }

  /**
   * Returns the form of a column's rows if they can be kept as bytes, else null.
   *
   * @param dimension components of a row
   */
  @Nullable Format format(Column column, int dimension) {
    if (kind == Kind.BITS) return format; // another column is refused when it is read
    if (kind == Kind.BFLOAT16 || !column.isBytes(dimension)) return null;
    if (!column.isListOfBytes()) return format;
    Format listed = column.isUnsigned() ? Format.UINT8 : Format.INT8;
    return kind == Kind.SIGNED_SQUARE && listed == Format.UINT8 ? null : listed;
  }

  /** Returns whether floats are made from rows of bytes, not from lists of integers. */
  boolean readsBytes(Column column) {
    return kind == Kind.BITS || !column.isQuantized() && kind != Kind.BFLOAT16;
  }

  /** Returns how the bytes of rows become floats; the arguments are those of {@link #scale}. */
  Scaling scaling(int dimension, double[] rowScales, double[] rowOffsets) {
    return switch (kind) {
      case LINEAR ->
          isUniform()
              ? Scaling.linear(scales[0], offsets[0])
              : Scaling.perComponent(each(scales, dimension), each(offsets, dimension));
      case PER_ROW ->
          Scaling.perRow(
              rowScales, offsetColumn == null ? new double[rowScales.length] : rowOffsets);
      case SIGNED_SQUARE -> Scaling.signedSquare(scales[0], missing);
      case BITS, BFLOAT16 -> Scaling.NONE;
    };
  }

  private static double[] each(double[] values, int dimension) {
    if (values.length > 1) return values;
    double[] all = new double[dimension];
    Arrays.fill(all, values[0]);
    return all;
  }

  @Nullable String scaleColumn() {
    return scaleColumn;
  }

  @Nullable String offsetColumn() {
    return offsetColumn;
  }

  /** Returns the members of its JSON. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    switch (kind) {
      case LINEAR -> {
        members.put("method", "linear");
        members.put("scale", scales.length == 1 ? scales[0] : scales);
        members.put("offset", offsets.length == 1 ? offsets[0] : offsets);
      }
      case PER_ROW -> {
        members.put("method", "perRow");
        if (scaleColumn != null) members.put("scaleColumn", scaleColumn);
        if (offsetColumn != null) members.put("offsetColumn", offsetColumn);
      }
      case SIGNED_SQUARE -> {
        members.put("method", "signedSquare");
        members.put("divisor", scales[0]);
        members.put("missing", missing);
      }
      case BFLOAT16 -> members.put("method", "bfloat16");
      case BITS -> {
        members.put("method", "bits");
        members.put("order", format == Format.BITS_LOWEST_FIRST ? "lowestFirst" : "highestFirst");
      }
    }
    if (format == Format.UINT8) members.put("unsigned", true);
    return members;
  }

  /**
   * Checks the number of components.
   *
   * @throws IllegalArgumentException if there are neither one nor {@code dimension} scales or
   *     offsets
   */
  void requireDimension(int dimension) {
    if (kind != Kind.LINEAR) return;
    for (double[] values : new double[][] {scales, offsets}) {
      if (values.length != 1 && values.length != dimension) {
        throw new IllegalArgumentException(
            this + " has " + values.length + " values for " + dimension + " components");
      }
    }
  }

  /** Returns the value of each integer; the integer itself if rows or components differ. */
  EmbeddingColumn.Integers integers() {
    return switch (kind) {
      case LINEAR -> {
        if (!isUniform()) yield integer -> integer;
        double scale = scales[0];
        double offset = offsets[0];
        yield integer -> (float) (integer * scale + offset);
      }
      case PER_ROW -> integer -> integer;
      case SIGNED_SQUARE -> {
        double divisor = scales[0];
        yield integer -> integer == missing ? Float.NaN : SignedSquare.toFloat(integer, divisor);
      }
      case BFLOAT16 -> integer -> Float.intBitsToFloat(integer << 16);
      case BITS -> throw new IllegalStateException("bits are read as bytes");
    };
  }

  private boolean isUniform() {
    return scales.length == 1 && offsets.length == 1;
  }

  /**
   * Scales rows whose values are {@link #integers}, if rows or components have scales of their own.
   *
   * @param target the rows
   * @param from first of them
   * @param count how many
   * @param rowScales per row, if this is {@code perRow}
   * @param rowOffsets per row, if this is {@code perRow} with offsets
   */
  void scale(Vectors target, long from, long count, double[] rowScales, double[] rowOffsets) {
    boolean perRow = kind == Kind.PER_ROW;
    if (!perRow && (kind != Kind.LINEAR || isUniform())) return;
    int dimension = target.dimension();
    int blocks = Math.toIntExact((count + BLOCK - 1) / BLOCK);
    Processors.forEach(
        blocks,
        block -> {
          float[] row = new float[dimension];
          int end = (int) Math.min(count, (block + 1L) * BLOCK);
          for (int i = block * BLOCK; i < end; i++) {
            target.get(from + i, row);
            for (int j = 0; j < dimension; j++) {
              double scale = perRow ? rowScales[i] : scales[scales.length == 1 ? 0 : j];
              double offset = perRow ? 0 : offsets[offsets.length == 1 ? 0 : j];
              if (rowOffsets.length > 0) offset = rowOffsets[i];
              row[j] = (float) (row[j] * scale + offset);
            }
            target.set(from + i, row);
          }
        });
  }

  @Override
  public String toString() {
    return switch (kind) {
      case LINEAR ->
          isUniform()
              ? "integers * " + scales[0] + " + " + offsets[0]
              : "integers with a scale and an offset per component";
      case PER_ROW ->
          "integers * " + scaleColumn + (offsetColumn == null ? "" : " + " + offsetColumn);
      case SIGNED_SQUARE -> "squares of integers / " + scales[0] + ", " + missing + " missing";
      case BFLOAT16 -> "bfloat16";
      case BITS -> "bits, " + format;
    };
  }
}
