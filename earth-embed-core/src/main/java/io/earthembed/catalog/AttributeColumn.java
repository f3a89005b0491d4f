package io.earthembed.catalog;

import io.earthembed.base.table.SectionFile;
import io.earthembed.base.table.StringColumn;
import io.earthembed.base.text.Timestamps;
import io.earthembed.imagery.Attributes.Type;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One attribute of all tiles. Each value has a key of 64 bits in the order of the values, so that
 * filters compare keys: an integer itself, the bits of a number in their order, a time's
 * microseconds, 0 or 1 for a flag, and for a text its position in the sorted list of all texts.
 *
 * @param name the attribute's name
 * @param type the type of all values
 * @param keyBytes 8 bytes per row; 0 in rows without the attribute
 * @param presentBytes bit i % 64 of word i / 64 is set if row i has the attribute
 * @param texts the distinct texts in the order of their UTF-8 bytes; empty for other types
 */
record AttributeColumn(
    String name, Type type, ByteBuffer keyBytes, ByteBuffer presentBytes, StringColumn texts) {
  /** No attributes. */
  static final SortedMap<String, AttributeColumn> NONE =
      Collections.unmodifiableSortedMap(new TreeMap<>());

  /**
   * The place of a value among the keys.
   *
   * @param isLeast whether the value is less than every key; the other parts then mean nothing
   * @param key the greatest key that is not greater than the value
   * @param isExact whether the key is that of the value
   */
  record Floor(boolean isLeast, long key, boolean isExact) {}

  LongBuffer keys() {
    return keyBytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
  }

  LongBuffer present() {
    return presentBytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
  }

  /** Returns the value of a row, or null. */
  @Nullable Object get(int row) {
    long word = presentBytes.getLong(8 * (row >> 6));
    return (word >>> row & 1) == 0 ? null : value(keyBytes.getLong(8 * row));
  }

  private Object value(long key) {
    return switch (type) {
      case TEXT -> texts.get((int) key);
      case INTEGER -> key;
      case NUMBER -> Double.longBitsToDouble(inOrder(key));
      case TIME -> Instant.EPOCH.plus(key, ChronoUnit.MICROS);
      case FLAG -> key != 0;
    };
  }

  /** Converts the bits of a double to an integer of the same order, and back. */
  private static long inOrder(long bits) {
    return bits ^ bits >> 63 & Long.MAX_VALUE;
  }

  private static long key(double number) {
    return inOrder(Double.doubleToRawLongBits(number));
  }

  /** Returns the place of a value, whose type is comparable to the column's. */
  Floor floor(Object value) {
    return switch (type) {
      case TEXT -> floorOfText((String) value);
      case INTEGER -> value instanceof Double number ? floorOfNumber(number) : exact((long) value);
      case NUMBER ->
          value instanceof Long integer ? floorOfInteger(integer) : exact(key((double) value));
      case TIME -> exact(Timestamps.epochMicros((Instant) value));
      case FLAG -> exact((boolean) value ? 1 : 0);
    };
  }

  private static Floor exact(long key) {
    return new Floor(false, key, true);
  }

  private static Floor floorOfNumber(double number) {
    double floor = Math.floor(number);
    if (floor < Long.MIN_VALUE) return new Floor(true, 0, false);
    if (floor >= 0x1p63) return new Floor(false, Long.MAX_VALUE, false);
    return new Floor(false, (long) floor, floor == number);
  }

  private static Floor floorOfInteger(long integer) {
    double nearest = integer;
    int order = new BigDecimal(nearest).compareTo(BigDecimal.valueOf(integer));
    return new Floor(false, order <= 0 ? key(nearest) : key(nearest) - 1, order == 0);
  }

  private Floor floorOfText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int low = 0;
    int high = texts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(texts.bytes(middle), utf8) <= 0) low = middle + 1;
      else high = middle;
    }
    return new Floor(false, low - 1, low > 0 && texts.is(low - 1, utf8));
  }

  /**
   * Checks every key, so that each row of a file that another program wrote has a value.
   *
   * @throws IllegalArgumentException if a key is invalid; the message names the row
   */
  void requireValid() {
    for (int i = 1; i < texts.size(); i++) {
      if (Arrays.compareUnsigned(texts.bytes(i - 1), texts.bytes(i)) >= 0) {
        throw new IllegalArgumentException("text " + i + " is not in order");
      }
    }
    int rows = keyBytes.remaining() / 8;
    if ((rows & 63) != 0 && presentBytes.getLong(8 * (rows >> 6)) >>> rows != 0) {
      throw new IllegalArgumentException("a value beyond the last row");
    }
    for (int i = 0; i < rows; i++) {
      if ((presentBytes.getLong(8 * (i >> 6)) >>> i & 1) == 0) continue;
      long key = keyBytes.getLong(8 * i);
      boolean valid =
          switch (type) {
            case TEXT -> key >= 0 && key < texts.size();
            case NUMBER -> Double.isFinite((double) value(key));
            case FLAG -> key == 0 || key == 1;
            case INTEGER, TIME -> true;
          };
      if (!valid) throw new IllegalArgumentException("row " + i + " has the key " + key);
    }
  }

  /** Collects the values of one attribute. Not safe for many threads. */
  static final class Builder {
    private final String name;
    private final Type type;
    private long[] keys = new long[16];
    private long[] present = new long[1];
    private final Map<String, Integer> numbers = new HashMap<>();

    /**
     * Creates a builder.
     *
     * @param first a value, whose type is that of the column
     */
    Builder(String name, Object first) {
      this.name = name;
      this.type = Type.of(first);
    }

    Type type() {
      return type;
    }

    /** Sets the value of a row, which is greater than the earlier ones. */
    void add(int row, Object value) {
      if (row >= keys.length) {
        long size = Math.max(row + 1L, 2L * keys.length);
        keys = Arrays.copyOf(keys, (int) Math.min(CatalogColumns.MAX_SIZE, size));
        present = Arrays.copyOf(present, (keys.length + 63) >> 6);
      }
      keys[row] =
          switch (type) {
            case TEXT -> numbers.computeIfAbsent((String) value, text -> numbers.size());
            case INTEGER -> (long) value;
            case NUMBER -> key((double) value);
            case TIME -> Timestamps.epochMicros((Instant) value);
            case FLAG -> (boolean) value ? 1 : 0;
          };
      present[row >> 6] |= 1L << row;
    }

    /** Returns the column of the values that were added so far; more may be added later. */
    AttributeColumn build(int rows) {
      // The texts in the order of their UTF-8, which is that of their code points.
      List<Map.Entry<String, Integer>> sorted =
          numbers.entrySet().stream()
              .sorted(Map.Entry.comparingByKey(AttributeFilter::compareTexts))
              .toList();
      long[] positions = new long[sorted.size()];
      for (int i = 0; i < positions.length; i++) positions[sorted.get(i).getValue()] = i;
      ByteBuffer keyBytes = SectionFile.allocate(8L * rows);
      ByteBuffer presentBytes = SectionFile.allocate(8 * ((rows + 63L) / 64));
      for (int i = 0; i < Math.min(rows, keys.length); i++) {
        if ((present[i >> 6] >>> i & 1) == 0) continue;
        presentBytes.putLong(8 * (i >> 6), present[i >> 6]);
        keyBytes.putLong(8 * i, type == Type.TEXT ? positions[(int) keys[i]] : keys[i]);
      }
      List<String> texts = sorted.stream().map(Map.Entry::getKey).toList();
      return new AttributeColumn(name, type, keyBytes, presentBytes, StringColumn.of(texts));
    }
  }
}
