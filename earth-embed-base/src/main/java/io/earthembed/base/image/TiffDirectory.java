package io.earthembed.base.image;

import io.earthembed.common.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first directory of a TIFF 6.0 or a BigTIFF. Values are read when a tag is requested, so the
 * directory's memory depends only on its number of entries, and a tag takes eight bytes per value.
 */
final class TiffDirectory {
  private static final int ASCII = 2;

  /** Bytes of a value by its type; 0 for types that do not exist. */
  private static final int[] BYTES_OF_TYPE = {
    0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8
  };

  private record Entry(int type, long count, long offset) {}

  private final ByteBuffer in;
  private final String source;
  private final Map<Integer, Entry> entries = new HashMap<>();

  /**
   * Locates the tags.
   *
   * @param source the file's name in errors
   * @throws CorruptDataException if there is no directory
   */
  TiffDirectory(byte[] bytes, String source) {
    this.source = source;
    if (bytes.length < 14 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M')) {
      throw corrupt(0, "not a TIFF");
    }
    in =
        ByteBuffer.wrap(bytes)
            .order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int version = in.getShort(2);
    boolean big = version == 43;
    if (version != 42 && !big) throw corrupt(2, "neither a TIFF nor a BigTIFF");
    if (big && (bytes.length < 24 || in.getShort(4) != 8)) {
      throw corrupt(4, "a BigTIFF whose offsets are not of 8 bytes");
    }
    long start = big ? in.getLong(8) : in.getInt(4) & 0xFFFFFFFFL;
    int head = big ? 8 : 2;
    if (start < 8 || start > bytes.length - head) throw corrupt(4, "a directory at byte " + start);
    long count = big ? in.getLong((int) start) : in.getShort((int) start) & 0xFFFF;
    int size = big ? 20 : 12;
    if (count < 0 || count > (bytes.length - start - head) / size) {
      throw corrupt(start, "a directory of " + count + " entries");
    }
    for (int i = 0; i < count; i++) readEntry((int) start + head + size * i, big);
  }

  private void readEntry(int at, boolean big) {
    int type = in.getShort(at + 2) & 0xFFFF;
    long count = big ? in.getLong(at + 4) : in.getInt(at + 4) & 0xFFFFFFFFL;
    if (count == 0 || type >= BYTES_OF_TYPE.length || BYTES_OF_TYPE[type] == 0) return;
    int value = at + (big ? 12 : 8);
    // If a count overflows, the check when the tag is read finds that it exceeds the file.
    boolean inline = count > 0 && count <= (big ? 8 : 4) / BYTES_OF_TYPE[type];
    long offset = inline ? value : big ? in.getLong(value) : in.getInt(value) & 0xFFFFFFFFL;
    // As in libtiff, the first of two entries with one tag counts.
    entries.putIfAbsent(in.getShort(at) & 0xFFFF, new Entry(type, count, offset));
  }

  CorruptDataException corrupt(long offset, String problem) {
    return new CorruptDataException(source, offset, problem);
  }

  ByteOrder order() {
    return in.order();
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  private @Nullable Entry entry(int tag) {
    Entry entry = entries.get(tag);
    if (entry == null) return null;
    int width = BYTES_OF_TYPE[entry.type()];
    long most = entry.offset() < 0 ? -1 : (in.limit() - entry.offset()) / width;
    if (entry.count() < 0 || entry.count() > most) {
      throw corrupt(
          -1, "TIFF tag " + tag + " has " + entry.count() + " values at byte " + entry.offset());
    }
    return entry;
  }

  /**
   * Returns a tag's whole numbers, none if it is absent. Negative numbers come from signed types,
   * or from large unsigned 64-bit ones; the caller checks the range.
   */
  long[] numbers(int tag) {
    Entry entry = entry(tag);
    if (entry == null) return new long[0];
    long[] values = new long[(int) entry.count()];
    int width = BYTES_OF_TYPE[entry.type()];
    for (int i = 0; i < values.length; i++) {
      int at = (int) entry.offset() + i * width;
      values[i] =
          switch (entry.type()) {
            case 1 -> in.get(at) & 0xFF;
            case 3 -> in.getShort(at) & 0xFFFF;
            case 4, 13 -> in.getInt(at) & 0xFFFFFFFFL;
            case 6 -> in.get(at);
            case 8 -> in.getShort(at);
            case 9 -> in.getInt(at);
            case 16, 17, 18 -> in.getLong(at);
            default -> throw corrupt(-1, "TIFF tag " + tag + " is of type " + entry.type());
          };
    }
    return values;
  }

  /** Returns a tag's first value, or another one if it is absent. */
  long number(int tag, long otherwise, long least, long most) {
    long[] values = numbers(tag);
    long value = values.length == 0 ? otherwise : values[0];
    if (value < least || value > most) throw corrupt(-1, "TIFF tag " + tag + " is " + value);
    return value;
  }

  /** Returns a tag's values, none if it is absent. */
  double[] reals(int tag) {
    Entry entry = entry(tag);
    if (entry == null) return new double[0];
    double[] values = new double[(int) entry.count()];
    if (entry.type() == 11 || entry.type() == 12) {
      for (int i = 0; i < values.length; i++) {
        int at = (int) entry.offset();
        values[i] = entry.type() == 11 ? in.getFloat(at + 4 * i) : in.getDouble(at + 8 * i);
      }
      return values;
    }
    long[] numbers = numbers(tag);
    for (int i = 0; i < values.length; i++) values[i] = numbers[i];
    return values;
  }

  /** Returns a tag's text up to its first NUL, empty if it is absent. */
  String text(int tag) {
    Entry entry = entry(tag);
    if (entry == null || entry.type() != ASCII) return "";
    String text =
        new String(
            in.array(), (int) entry.offset(), (int) entry.count(), StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
