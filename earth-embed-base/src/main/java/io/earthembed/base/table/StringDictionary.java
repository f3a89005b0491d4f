package io.earthembed.base.table;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Strings by number, and their numbers by string. Safe for many threads.
 *
 * @param strings the strings; if several are equal, only the first is found
 * @param slots their numbers, by the hash of their UTF-8
 */
public record StringDictionary(StringColumn strings, HashSlots slots) {
  /** Returns the dictionary of a column; it takes 6 more bytes per string. */
  public static StringDictionary of(StringColumn strings) {
    HashSlots slots = HashSlots.allocate(strings.size());
    for (int i = 0; i < strings.size(); i++) {
      byte[] string = strings.bytes(i);
      int hash = Arrays.hashCode(string);
      if (slots.find(hash, known -> strings.is(known, string)) < 0) slots.put(hash, i);
    }
    return new StringDictionary(strings, slots);
  }

  /** Returns the number of the first string that equals this one, or -1. */
  public int find(String string) {
    byte[] wanted = string.getBytes(StandardCharsets.UTF_8);
    return slots.find(Arrays.hashCode(wanted), known -> strings.is(known, wanted));
  }

  /**
   * Collects distinct strings and numbers them in the order of their first addition. Not safe for
   * several threads at once.
   */
  public static final class Builder {
    private final StringColumn.Builder strings = new StringColumn.Builder();
    private final Map<String, Integer> numbers = new HashMap<>();

    /** Returns the number of a string, which is added if it is new. */
    public int number(String string) {
      Integer known = numbers.get(string);
      if (known != null) return known;
      int number = strings.size();
      strings.add(string);
      numbers.put(string, number);
      return number;
    }

    /** Returns how many strings there are. */
    public int size() {
      return strings.size();
    }

    /** Returns the strings that were added so far. */
    public StringColumn build() {
      return strings.build();
    }
  }
}
