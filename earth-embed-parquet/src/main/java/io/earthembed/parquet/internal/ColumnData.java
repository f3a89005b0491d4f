package io.earthembed.parquet.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * One column of a row group, encoded as one page.
 *
 * @param values number of values, nulls included
 * @param nulls number of nulls
 * @param repetition encoded repetition levels, or null outside lists
 * @param definition encoded definition levels
 * @param plain PLAIN bytes
 * @param least smallest text, or null
 * @param greatest greatest text, or null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ColumnData(
    int values,
    int nulls,
    byte @Nullable [] repetition,
    byte[] definition,
    byte[] plain,
    byte @Nullable [] least,
    byte @Nullable [] greatest)
    implements ColumnWriter.Values {
  /** Encodes texts or bytes, which may be null. */
  public static ColumnData binaries(List<byte @Nullable []> values) {
    int size = 0;
    int nulls = 0;
    byte[] least = null;
    byte[] greatest = null;
    for (byte[] value : values) {
      if (value == null) {
        nulls++;
        continue;
      }
      size = Math.addExact(size, 4 + value.length);
      if (least == null || Arrays.compareUnsigned(value, least) < 0) least = value;
      if (greatest == null || Arrays.compareUnsigned(value, greatest) > 0) greatest = value;
    }
    ByteBuffer plain = ByteBuffer.allocate(size).order(Footer.ORDER);
    ByteArrayOutputStream definition = new ByteArrayOutputStream();
    for (byte[] value : values) {
      RleLevels.writeRun(definition, 1, value == null ? 0 : 1);
      if (value != null) plain.putInt(value.length).put(value);
    }
    return new ColumnData(
        values.size(), nulls, null, definition.toByteArray(), plain.array(), least, greatest);
  }

  /** Encodes texts, which may be null. */
  public static <T> ColumnData strings(List<T> rows, Function<T, @Nullable String> text) {
    List<byte @Nullable []> bytes = new ArrayList<>();
    for (T row : rows) {
      String value = text.apply(row);
      bytes.add(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }
    return binaries(bytes);
  }

  /** Encodes a number per row. */
  public static <T> ColumnData numbers(List<T> rows, Type type, ToDoubleFunction<T> value) {
    return numbers(type, rows.stream().mapToDouble(value).toArray());
  }

  /** Encodes numbers of a type; NaN becomes null. */
  public static ColumnData numbers(Type type, double[] values) {
    int width = type == Type.INT32 || type == Type.FLOAT ? 4 : 8;
    ByteBuffer plain = ByteBuffer.allocate(values.length * width).order(Footer.ORDER);
    ByteArrayOutputStream definition = new ByteArrayOutputStream();
    int nulls = 0;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      least = Math.min(least, Double.isNaN(value) ? least : value);
      greatest = Math.max(greatest, Double.isNaN(value) ? greatest : value);
      boolean there = !Double.isNaN(value);
      RleLevels.writeRun(definition, 1, there ? 1 : 0);
      if (!there) {
        nulls++;
        continue;
      }
      put(plain, type, value);
    }
    byte[] bytes = Arrays.copyOf(plain.array(), plain.position());
    boolean none = nulls == values.length;
    return new ColumnData(
        values.length,
        nulls,
        null,
        definition.toByteArray(),
        bytes,
        none ? null : plain(type, least, width),
        none ? null : plain(type, greatest, width));
  }

  /** Encodes integers of 64 bits, which may be null, exactly. */
  public static <T> ColumnData integers(List<T> rows, Function<T, @Nullable Long> integer) {
    ByteBuffer plain = ByteBuffer.allocate(rows.size() * Long.BYTES).order(Footer.ORDER);
    ByteArrayOutputStream definition = new ByteArrayOutputStream();
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    int nulls = 0;
    for (T row : rows) {
      Long value = integer.apply(row);
      RleLevels.writeRun(definition, 1, value == null ? 0 : 1);
      if (value == null) {
        nulls++;
        continue;
      }
      plain.putLong(value);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    boolean none = nulls == rows.size();
    return new ColumnData(
        rows.size(),
        nulls,
        null,
        definition.toByteArray(),
        Arrays.copyOf(plain.array(), plain.position()),
        none ? null : ByteBuffer.allocate(8).order(Footer.ORDER).putLong(least).array(),
        none ? null : ByteBuffer.allocate(8).order(Footer.ORDER).putLong(greatest).array());
  }

  /** Encodes flags, which may be null, in one bit each, the lowest bit first. */
  public static <T> ColumnData flags(List<T> rows, Function<T, @Nullable Boolean> flag) {
    BitSet bits = new BitSet();
    ByteArrayOutputStream definition = new ByteArrayOutputStream();
    int count = 0;
    for (T row : rows) {
      Boolean value = flag.apply(row);
      RleLevels.writeRun(definition, 1, value == null ? 0 : 1);
      if (value != null) bits.set(count++, value);
    }
    byte[] plain = Arrays.copyOf(bits.toByteArray(), (count + 7) / 8);
    int nulls = rows.size() - count;
    return new ColumnData(rows.size(), nulls, null, definition.toByteArray(), plain, null, null);
  }

  private static byte[] plain(Type type, double value, int width) {
    ByteBuffer plain = ByteBuffer.allocate(width).order(Footer.ORDER);
    put(plain, type, value);
    return plain.array();
  }

  private static void put(ByteBuffer plain, Type type, double value) {
    switch (type) {
      case INT32 -> plain.putInt((int) value);
      case INT64 -> plain.putLong((long) value);
      case FLOAT -> plain.putFloat((float) value);
      default -> plain.putDouble(value);
    }
  }

  /** Encodes lists of int64, all of one length; a null row is an absent list. */
  public static ColumnData lists(List<long @Nullable []> values, int length) {
    ByteBuffer plain = ByteBuffer.allocate(values.size() * length * 8).order(Footer.ORDER);
    ByteArrayOutputStream repetition = new ByteArrayOutputStream();
    ByteArrayOutputStream definition = new ByteArrayOutputStream();
    int count = 0;
    int nulls = 0;
    for (long[] value : values) {
      RleLevels.writeRun(repetition, 1, 0);
      if (value == null) {
        RleLevels.writeRun(definition, 1, 0);
        nulls++;
        count++;
        continue;
      }
      if (length > 1) RleLevels.writeRun(repetition, length - 1, 1);
      RleLevels.writeRun(definition, length, 3);
      for (long v : value) plain.putLong(v);
      count += length;
    }
    byte[] bytes = Arrays.copyOf(plain.array(), plain.position());
    return new ColumnData(
        count, nulls, repetition.toByteArray(), definition.toByteArray(), bytes, null, null);
  }

  /** Encodes a list of one text per row, or an empty list for null. */
  public static <T> ColumnData listsOfOne(List<T> rows, Function<T, @Nullable String> text) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ByteArrayOutputStream repetition = new ByteArrayOutputStream();
    ByteArrayOutputStream definition = new ByteArrayOutputStream();
    int nulls = 0;
    for (T row : rows) {
      RleLevels.writeRun(repetition, 1, 0);
      String value = text.apply(row);
      // 1 is an empty list, 3 a text.
      RleLevels.writeRun(definition, 1, value == null ? 1 : 3);
      if (value == null) {
        nulls++;
        continue;
      }
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      plain.writeBytes(ByteBuffer.allocate(4).order(Footer.ORDER).putInt(bytes.length).array());
      plain.writeBytes(bytes);
    }
    return new ColumnData(
        rows.size(),
        nulls,
        repetition.toByteArray(),
        definition.toByteArray(),
        plain.toByteArray(),
        null,
        null);
  }
}
