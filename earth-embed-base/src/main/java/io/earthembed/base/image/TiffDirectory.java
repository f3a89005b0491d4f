package io.earthembed.base.image;

import io.earthembed.common.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a TIFF 6.0 or a BigTIFF. Values are read when a tag is requested, so the
 * directory's memory depends only on its number of entries, and a tag takes eight bytes per value.
 */
final class TiffDirectory {
  private static final int ASCII = 2;

  /** Bytes of a value by its type; 0 for types that do not exist. */
  private static final int[] BYTES_OF_TYPE = {
    0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8
  };

  /** The most bytes of a tag's values: the offsets of a million blocks. */
  private static final long MOST_OF_A_TAG = 64 << 20;

  private record Entry(int type, long count, long offset) {}

  private final TiffBytes file;
  private final ByteOrder order;
  private final boolean big;
  private final long next;
  private final Map<Integer, Entry> entries = new HashMap<>();

  /** Reads the header, and locates the tags of the first directory. */
  static TiffDirectory first(TiffBytes file) {
    int least = (int) Math.min(file.length(), 24);
    ByteBuffer head = file.read(0, least);
    if (least < 14 || head.get(0) != head.get(1) || (head.get(0) != 'I' && head.get(0) != 'M')) {
      throw new CorruptDataException(file.name(), 0, "not a TIFF");
    }
    head.order(head.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int version = head.getShort(2);
    boolean big = version == 43;
    if (version != 42 && !big) {
      throw new CorruptDataException(file.name(), 2, "neither a TIFF nor a BigTIFF");
    }
    if (big && (least < 24 || head.getShort(4) != 8)) {
      throw new CorruptDataException(file.name(), 4, "a BigTIFF whose offsets are not of 8 bytes");
    }
    long start = big ? head.getLong(8) : head.getInt(4) & 0xFFFFFFFFL;
    return new TiffDirectory(file, head.order(), big, start);
  }

  /**
   * Locates the tags of a directory.
   *
   * @throws CorruptDataException if there is no directory
   */
  private TiffDirectory(TiffBytes file, ByteOrder order, boolean big, long start) {
    this.file = file;
    this.order = order;
    this.big = big;
    int head = big ? 8 : 2;
    if (start < 8 || start > file.length() - head) throw corrupt(4, "a directory at byte " + start);
    ByteBuffer counted = read(start, head);
    long count = big ? counted.getLong(0) : counted.getShort(0) & 0xFFFF;
    int size = big ? 20 : 12;
    if (count < 0 || count > 65_535 || count > (file.length() - start - head) / size) {
      throw corrupt(start, "a directory of " + count + " entries");
    }
    long end = start + head + size * count;
    ByteBuffer in = read(start + head, (int) (size * count));
    for (int i = 0; i < count; i++) readEntry(in, size * i, start + head);
    // Many writers cut the file off after the last directory.
    int pointer = big ? 8 : 4;
    if (end > file.length() - pointer) {
      next = 0;
    } else {
      ByteBuffer link = read(end, pointer);
      next = big ? link.getLong(0) : link.getInt(0) & 0xFFFFFFFFL;
    }
  }

  private ByteBuffer read(long offset, int length) {
    return file.read(offset, length).order(order);
  }

  /** Returns where the next directory is, 0 after the last. */
  long next() {
    return next;
  }

  /** Locates the tags of the directory at an offset of this file. */
  TiffDirectory at(long offset) {
    return new TiffDirectory(file, order, big, offset);
  }

  /**
   * Locates a tag's values.
   *
   * @param in the directory's entries
   * @param at where the entry begins among them
   * @param start where they begin in the file
   */
  private void readEntry(ByteBuffer in, int at, long start) {
    int type = in.getShort(at + 2) & 0xFFFF;
    long count = big ? in.getLong(at + 4) : in.getInt(at + 4) & 0xFFFFFFFFL;
    if (count == 0 || type >= BYTES_OF_TYPE.length || BYTES_OF_TYPE[type] == 0) return;
    int value = at + (big ? 12 : 8);
    // If a count overflows, the check when the tag is read finds that it exceeds the file.
    boolean inline = count > 0 && count <= (big ? 8 : 4) / BYTES_OF_TYPE[type];
    long offset = inline ? start + value : big ? in.getLong(value) : in.getInt(value) & 0xFFFFFFFFL;
    // As in libtiff, the first of two entries with one tag counts.
    entries.putIfAbsent(in.getShort(at) & 0xFFFF, new Entry(type, count, offset));
  }

  CorruptDataException corrupt(long offset, String problem) {
    return new CorruptDataException(file.name(), offset, problem);
  }

  ByteOrder order() {
    return order;
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  private @Nullable Entry entry(int tag) {
    Entry entry = entries.get(tag);
    if (entry == null) return null;
    int width = BYTES_OF_TYPE[entry.type()];
    long most = entry.offset() < 0 ? -1 : (file.length() - entry.offset()) / width;
    if (entry.count() < 0 || entry.count() > Math.min(most, MOST_OF_A_TAG / width)) {
      throw corrupt(
          -1, "TIFF tag " + tag + " has " + entry.count() + " values at byte " + entry.offset());
    }
    return entry;
  }

  private ByteBuffer values(Entry entry) {
    return read(entry.offset(), (int) entry.count() * BYTES_OF_TYPE[entry.type()]);
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
    ByteBuffer in = values(entry);
    for (int i = 0; i < values.length; i++) {
      int at = i * width;
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
      ByteBuffer in = values(entry);
      for (int i = 0; i < values.length; i++) {
        values[i] = entry.type() == 11 ? in.getFloat(4 * i) : in.getDouble(8 * i);
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
    String text = StandardCharsets.ISO_8859_1.decode(values(entry)).toString();
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
