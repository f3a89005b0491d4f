package io.earthembed.imagery;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The application's own attributes of a tile, by name. A value is a text (String), an integer
 * (Long), a number (finite Double), a time (Instant) or a flag (Boolean). An absent attribute has
 * no entry. Immutable and safe for many threads.
 */
public final class Attributes {
  /** No attributes. */
  public static final Attributes NONE = new Attributes(new TreeMap<>());

  private static final Instant FIRST = Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS);
  private static final Instant LAST = Instant.EPOCH.plus(Long.MAX_VALUE, ChronoUnit.MICROS);

  private final SortedMap<String, Object> values;

  /** The types of values. All tiles of a catalog have the same type of value under one name. */
  public enum Type {
    /** A String. */
    TEXT,
    /** A Long. */
    INTEGER,
    /** A finite Double. */
    NUMBER,
    /** An Instant, in microseconds. */
    TIME,
    /** A Boolean. */
    FLAG;

    /**
     * Returns the type of a value.
     *
     * @throws IllegalArgumentException if it is of another class than the types name
     */
    public static Type of(Object value) {
      if (value instanceof String) return TEXT;
      if (value instanceof Long) return INTEGER;
      if (value instanceof Double) return NUMBER;
      if (value instanceof Instant) return TIME;
      if (value instanceof Boolean) return FLAG;
      throw new IllegalArgumentException(
          "a value of " + value.getClass().getName() + ": " + value + NEEDED);
    }

    /** Returns whether values of two types can be compared: equal types, or two of numbers. */
    public boolean isComparableTo(Type other) {
      return this == other || isNumeric() && other.isNumeric();
    }

    private boolean isNumeric() {
      return this == INTEGER || this == NUMBER;
    }
  }

  private static final String NEEDED =
      " is not a text, an integer, a finite number, an Instant or a flag";

  private Attributes(SortedMap<String, Object> values) {
    this.values = Collections.unmodifiableSortedMap(values);
  }

  /**
   * Returns attributes.
   *
   * @param values values by name, as {@link #with} takes them
   * @throws IllegalArgumentException if a name or a value is not allowed; the message names the
   *     attribute
   */
  public static Attributes of(Map<String, ?> values) {
    if (values.isEmpty()) return NONE;
    SortedMap<String, Object> checked = new TreeMap<>();
    values.forEach((name, value) -> put(checked, name, value));
    return new Attributes(checked);
  }

  /**
   * Returns these attributes and one more, which replaces one of the same name.
   *
   * @param name valid Unicode, not empty
   * @param value a String of valid Unicode; a Byte, Short, Integer or Long, which becomes a Long; a
   *     finite Float or Double, which becomes a Double, -0 as 0; an Instant, which is rounded down
   *     to microseconds and must fit into microseconds since 1970 as a long; or a Boolean
   * @throws IllegalArgumentException if the name or the value is not allowed
   */
  public Attributes with(String name, Object value) {
    SortedMap<String, Object> more = new TreeMap<>(values);
    put(more, name, value);
    return new Attributes(more);
  }

  private static void put(Map<String, Object> values, String name, Object value) {
    if (name.isEmpty() || !isUnicode(name)) {
      throw new IllegalArgumentException("not a name of an attribute: " + name);
    }
    try {
      values.put(name, value(value));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("attribute " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns a value as attributes have it: see {@link #with}.
   *
   * @throws IllegalArgumentException if it is not allowed
   */
  public static Object value(Object value) {
    if (value instanceof Byte || value instanceof Short || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    Object exact = value instanceof Float single ? Double.valueOf(single) : value;
    if (exact instanceof Double number) {
      if (!Double.isFinite(number))
        throw new IllegalArgumentException("the value " + value + NEEDED);
      return number + 0.0; // makes 0 of -0, which are equal
    }
    if (exact instanceof Instant time) {
      if (time.isBefore(FIRST) || time.isAfter(LAST)) {
        throw new IllegalArgumentException("the time does not fit epoch microseconds: " + time);
      }
      long nanos = Math.floorMod(time.getNano(), 1000);
      return time.minusNanos(nanos);
    }
    if (exact instanceof String text && !isUnicode(text)) {
      throw new IllegalArgumentException("the text has half of a surrogate pair: " + text);
    }
    Type.of(exact);
    return exact;
  }

  /** Returns whether every surrogate is part of a pair, so that the text has a form in UTF-8. */
  private static boolean isUnicode(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  /** Returns the value of a name, or null if it is absent. */
  public @Nullable Object get(String name) {
    return values.get(name);
  }

  /** Returns all values by name, in the order of the names; unmodifiable. */
  public Map<String, Object> asMap() {
    return values;
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Attributes o && values.equals(o.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
