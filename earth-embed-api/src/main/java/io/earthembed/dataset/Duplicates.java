package io.earthembed.dataset;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The equal rows of a dataset.
 *
 * @param repeated number of rows that equal an earlier row and could be left out
 * @param groups groups of equal rows, at most {@value #MOST_GROUPS}, largest first; groups of equal
 *     size by their first row
 */
public record Duplicates(long repeated, List<Group> groups) {
  /** The most groups that are kept. */
  public static final int MOST_GROUPS = 100;

  /** Copies its arguments. */
  public Duplicates {
    groups = List.copyOf(groups);
  }

  /**
   * A group of equal rows.
   *
   * @param first ordinal of the first row
   * @param rows number of rows, 2 or more
   */
  public record Group(long first, long rows) {}

  /** Finds equal rows by 128 bits of a hash. Not safe for many threads. */
  public static final class Finder {
    private long[] high;
    private long[] low;
    private int size;

    /**
     * Creates a finder.
     *
     * @param rows expected rows; more may be added
     */
    public Finder(long rows) {
      high = new long[Math.toIntExact(rows)];
      low = new long[high.length];
    }

    /** Adds the next row. The comparison is numeric: 0 equals -0. */
    public void add(float[] row) {
      long a = 0x9E3779B97F4A7C15L;
      long b = 0xC2B2AE3D27D4EB4FL;
      for (float value : row) {
        int bits = Float.floatToIntBits(value + 0f); // maps -0 to 0
        a = mix(a ^ bits, 0xFF51AFD7ED558CCDL);
        b = mix(b ^ bits, 0xC4CEB9FE1A85EC53L);
      }
      add(a, b);
    }

    /** Adds the next row. */
    public void add(byte[] row) {
      long a = 0x9E3779B97F4A7C15L ^ row.length;
      long b = 0xC2B2AE3D27D4EB4FL ^ row.length;
      for (byte value : row) {
        a = mix(a ^ (value & 0xFF), 0xFF51AFD7ED558CCDL);
        b = mix(b ^ (value & 0xFF), 0xC4CEB9FE1A85EC53L);
      }
      add(a, b);
    }

    private static long mix(long state, long factor) {
      long mixed = state * factor;
      return mixed ^ mixed >>> 29;
    }

    private void add(long a, long b) {
      if (size == high.length) {
        int n = Math.max(16, Math.addExact(size, size / 2));
        high = Arrays.copyOf(high, n);
        low = Arrays.copyOf(low, n);
      }
      high[size] = a;
      low[size++] = b;
    }

    private record Hash(long high, long low) {}

    /** Returns the groups of equal rows among those added. */
    public Duplicates find() {
      long[] sorted = Arrays.copyOf(high, size);
      Arrays.sort(sorted);
      int several = 0;
      for (int i = 1; i < size; i++) {
        boolean again = sorted[i] == sorted[i - 1];
        if (again && (several == 0 || sorted[several - 1] != sorted[i])) {
          sorted[several++] = sorted[i]; // writes only behind the reading position
        }
      }
      Map<Hash, Group> groups = new LinkedHashMap<>();
      for (int i = 0; i < size && several > 0; i++) {
        if (Arrays.binarySearch(sorted, 0, several, high[i]) < 0) continue;
        long first = i;
        groups.compute(
            new Hash(high[i], low[i]),
            (hash, known) ->
                known == null ? new Group(first, 1) : new Group(known.first, known.rows + 1));
      }
      long repeated = groups.values().stream().mapToLong(group -> group.rows - 1).sum();
      return new Duplicates(
          repeated,
          groups.values().stream()
              .filter(group -> group.rows > 1)
              .sorted(Comparator.comparingLong((Group group) -> -group.rows))
              .limit(MOST_GROUPS)
              .toList());
    }
  }
}
