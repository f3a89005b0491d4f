package io.earthembed.base.image;

import io.earthembed.base.table.Float16;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of an image's samples as they are stored, and their conversion to a {@link SampleType}.
 * Safe for many threads.
 */
final class TiffSamples {
  private static final int BITS = 258;
  private static final int SAMPLE_FORMAT = 339;
  private static final int GDAL_NODATA = 42113;

  private static final Pattern NUMBER =
      Pattern.compile("\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)");

  /** The types of stored samples. */
  private enum Kind {
    UNSIGNED,
    SIGNED,
    FLOAT
  }

  private final TiffDirectory tags;
  private final String file;
  private final int bands;
  private final int bits;
  private final Kind kind;
  private final SampleType type;

  /**
   * Reads the type of the samples.
   *
   * @param file its name in errors
   * @throws io.earthembed.common.CorruptDataException if the description contradicts itself
   * @throws EarthEmbedException if the type is not supported
   */
  TiffSamples(TiffDirectory tags, String file, int bands) {
    this.tags = tags;
    this.file = file;
    this.bands = bands;
    bits = (int) same(BITS, 1);
    if (bits < 1) throw tags.corrupt(-1, "samples of " + bits + " bits");
    int format = (int) same(SAMPLE_FORMAT, 1);
    kind =
        switch (format) {
          // 4 means undefined, which libtiff treats as unsigned.
          case 1, 4 -> Kind.UNSIGNED;
          case 2 -> Kind.SIGNED;
          case 3 -> Kind.FLOAT;
          case 5, 6 -> throw unsupported("a TIFF of complex numbers is not supported");
          default -> throw unsupported("TIFF sample format " + format + " is not supported");
        };
    boolean known =
        switch (kind) {
          case UNSIGNED -> bits <= 16;
          case SIGNED -> bits == 8 || bits == 16;
          case FLOAT -> bits == 16 || bits == 32;
        };
    if (!known) {
      throw unsupported(
          String.format(
              Locale.ROOT,
              "a TIFF of %d-bit %s is not supported, only of unsigned integers of up to 16 bits,"
                  + " signed ones of 8 or 16, and floating-point numbers of 16 or 32",
              bits,
              switch (kind) {
                case UNSIGNED -> "unsigned integers";
                case SIGNED -> "signed integers";
                case FLOAT -> "floating-point numbers";
              }));
    }
    type =
        kind != Kind.UNSIGNED
            ? SampleType.FLOAT32
            : bits <= 8 ? SampleType.UINT8 : SampleType.UINT16;
    if (bands > 1 && bits % 8 != 0) {
      throw unsupported("a TIFF of " + bands + " bands of " + bits + " bits is not supported");
    }
  }

  /** Returns a tag's value, which must be the same for each band. */
  private long same(int tag, long otherwise) {
    long[] values = tags.numbers(tag);
    if (values.length == 0) return otherwise;
    for (int i = 1; i < Math.min(values.length, bands); i++) {
      if (values[i] != values[0]) {
        throw unsupported("a TIFF with bands of several types is not supported");
      }
    }
    return values[0];
  }

  /** Returns an error that names the file. */
  EarthEmbedException unsupported(String problem) {
    return new EarthEmbedException(file + ": " + problem);
  }

  /** Returns the bits of a stored sample. */
  int bits() {
    return bits;
  }

  /** Returns whether stored samples are floating-point numbers. */
  boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  /** Returns the type that holds the samples exactly. */
  SampleType type() {
    return type;
  }

  /** Returns the byte order of the file. */
  ByteOrder order() {
    return tags.order();
  }

  /**
   * Copies samples of a row of one band.
   *
   * @param in the block, in the byte order of its samples
   * @param row where the row begins in the block
   * @param from the first sample of the row
   * @param next from a sample to the next in the row
   * @param to the first sample of the window
   * @param step from a sample to the next in the window
   */
  void copy(
      ByteBuffer in, int row, int from, int next, ByteBuffer data, int to, int step, int columns) {
    switch (kind) {
      case UNSIGNED -> {
        if (bits == 8 && step == 1 && next == 1) {
          data.put(to, in, row + from, columns);
        } else if (bits == 8) {
          for (int x = 0; x < columns; x++) data.put(to + x * step, in.get(row + from + x * next));
        } else if (bits == 16) {
          for (int x = 0; x < columns; x++) {
            data.putShort(2 * (to + x * step), in.getShort(row + 2 * (from + x * next)));
          }
        } else {
          unpackBits(in, row, from, data, to, step, columns);
        }
      }
      case SIGNED -> {
        for (int x = 0; x < columns; x++) {
          int at = from + x * next;
          data.putFloat(
              4 * (to + x * step), bits == 8 ? in.get(row + at) : in.getShort(row + 2 * at));
        }
      }
      case FLOAT -> {
        for (int x = 0; x < columns; x++) {
          int at = from + x * next;
          data.putFloat(
              4 * (to + x * step),
              bits == 16 ? Float16.toFloat(in.getShort(row + 2 * at)) : in.getFloat(row + 4 * at));
        }
      }
    }
  }

  /** Unpacks samples that do not fill bytes: highest bit first, in either byte order. */
  private void unpackBits(
      ByteBuffer in, int row, int first, ByteBuffer data, int to, int step, int columns) {
    int from = row + first * bits / 8;
    int held = 0;
    int have = 0;
    int skipped = first * bits % 8;
    if (skipped > 0) {
      held = in.get(from++) & 0xFF;
      have = 8 - skipped;
    }
    for (int x = 0; x < columns; x++) {
      while (have < bits) {
        held = (held & 0xFFFF) << 8 | in.get(from++) & 0xFF;
        have += 8;
      }
      have -= bits;
      int value = held >>> have & ((1 << bits) - 1);
      if (type == SampleType.UINT8) data.put(to + x * step, (byte) value);
      else data.putShort(2 * (to + x * step), (short) value);
    }
  }

  /** Returns the value of missing data: the number at the start of the text, or 0. */
  double missing() {
    String text = tags.text(GDAL_NODATA);
    Matcher number = NUMBER.matcher(text);
    double value = 0;
    if (number.lookingAt()) {
      value = Double.parseDouble(number.group(1));
    } else {
      String word = text.strip().toLowerCase(Locale.ROOT);
      if (word.matches("[+-]?nan.*")) value = Double.NaN;
      else if (word.matches("\\+?inf.*")) value = Double.POSITIVE_INFINITY;
      else if (word.matches("-inf.*")) value = Double.NEGATIVE_INFINITY;
    }
    if (kind != Kind.SIGNED) return value;
    double most = bits == 8 ? Byte.MAX_VALUE : Short.MAX_VALUE;
    return clamped(value, -most - 1, most);
  }

  /** Returns whether the file names a value of missing data. */
  boolean namesMissing() {
    return !tags.text(GDAL_NODATA).isBlank();
  }

  /** Writes a value to a sample of a window, rounded if the type is of integers. */
  void put(ByteBuffer data, int at, double value) {
    switch (type) {
      case UINT8 -> data.put(at, (byte) clamped(value, 0, 255));
      case UINT16 -> data.putShort(2 * at, (short) clamped(value, 0, 65535));
      case FLOAT32 -> data.putFloat(4 * at, (float) value);
    }
  }

  /** Rounds halves away from 0; NaN becomes 0. */
  private static int clamped(double value, double least, double most) {
    double whole = Math.signum(value) * Math.floor(Math.abs(value) + 0.5);
    return (int) Math.max(least, Math.min(most, whole));
  }
}
