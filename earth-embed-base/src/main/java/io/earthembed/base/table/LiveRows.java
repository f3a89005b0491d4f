package io.earthembed.base.table;

import io.earthembed.vector.OrdinalSet;
import java.util.Arrays;

/**
 * The rows of a table that were not removed. A live row has a row in the table, and a number, which
 * counts live rows only. Immutable and safe for many threads.
 */
public final class LiveRows {
  private final int tableRows;
  private final int size;
  private final OrdinalSet rows;

  /** Bit i % 64 of word i / 64 is set if row i is live; empty if all rows are. */
  private final long[] words;

  /** For each word, how many rows before it are live. */
  private final int[] before;

  private LiveRows(int tableRows, OrdinalSet rows) {
    this.tableRows = tableRows;
    this.size = (int) rows.count(tableRows);
    boolean all = size == tableRows;
    this.rows = all ? OrdinalSet.all() : rows;
    this.words = all ? new long[0] : rows.toBitmap(tableRows);
    this.before = new int[words.length];
    for (int w = 1; w < words.length; w++) before[w] = before[w - 1] + Long.bitCount(words[w - 1]);
  }

  /**
   * Returns the live rows of a table.
   *
   * @param tableRows rows of the table
   * @param rows the live ones
   */
  public static LiveRows of(int tableRows, OrdinalSet rows) {
    return new LiveRows(tableRows, rows);
  }

  /** Returns how many rows are live. */
  public int size() {
    return size;
  }

  /** Returns how many rows the table has. */
  public int tableRows() {
    return tableRows;
  }

  /** Returns the live rows; {@link OrdinalSet#all} if all are live. */
  public OrdinalSet rows() {
    return rows;
  }

  /**
   * Returns the row of a number.
   *
   * @param number in [0, {@link #size})
   */
  public int row(int number) {
    if (words.length == 0) return number;
    int w = Arrays.binarySearch(before, number);
    // Words without live rows repeat a count; the last of the equal ones has the row.
    if (w < 0) w = -w - 2;
    while (w + 1 < before.length && before[w + 1] <= number) w++;
    long left = words[w];
    for (int skip = number - before[w]; skip > 0; skip--) left &= left - 1;
    return 64 * w + Long.numberOfTrailingZeros(left);
  }

  /**
   * Returns how many live rows are before a row, which is the number of a live row.
   *
   * @param row in [0, {@link #tableRows}]
   */
  public int number(int row) {
    if (words.length == 0) return row;
    if (row == tableRows) return size;
    int w = row >> 6;
    return before[w] + Long.bitCount(words[w] & ((1L << row) - 1));
  }

  /** Returns the rows of some numbers. */
  public OrdinalSet toRows(OrdinalSet numbers) {
    if (numbers.isAll()) return rows;
    if (words.length == 0) return numbers;
    long[] from = numbers.toBitmap(size);
    long[] into = new long[words.length];
    for (int w = 0; w < words.length; w++) {
      int number = before[w];
      if (words[w] == -1L) {
        int shift = number & 63;
        long low = from[number >> 6] >>> shift;
        into[w] = shift == 0 ? low : low | from[(number >> 6) + 1] << (64 - shift);
        continue;
      }
      for (long left = words[w]; left != 0; left &= left - 1, number++) {
        if ((from[number >> 6] >>> number & 1) != 0) into[w] |= Long.lowestOneBit(left);
      }
    }
    return OrdinalSet.ofBitmap(into);
  }

  /**
   * Sets the bits of the numbers of some rows in a bitmap; those of rows that are not live are left
   * out.
   *
   * @param selected some rows of the table
   * @param bitmap bit i % 64 of word i / 64 stands for the number i - base
   * @param base position of number 0
   */
  public void addNumbers(OrdinalSet selected, long[] bitmap, int base) {
    long[] from = selected.toBitmap(tableRows);
    for (int w = 0; w < from.length; w++) {
      long live = words.length == 0 ? -1L : words[w];
      int first = base + (words.length == 0 ? 64 * w : before[w]);
      if (live == -1L) {
        int shift = first & 63;
        bitmap[first >> 6] |= from[w] << shift;
        long beyond = shift == 0 ? 0 : from[w] >>> (64 - shift);
        if (beyond != 0) bitmap[(first >> 6) + 1] |= beyond;
        continue;
      }
      for (long left = from[w] & live; left != 0; left &= left - 1) {
        int at = first + Long.bitCount(live & (Long.lowestOneBit(left) - 1));
        bitmap[at >> 6] |= 1L << at;
      }
    }
  }

  /** Returns the live rows without some of them. */
  public LiveRows without(OrdinalSet removed) {
    long[] left = rows.toBitmap(tableRows);
    long[] away = removed.toBitmap(tableRows);
    for (int w = 0; w < left.length; w++) left[w] &= ~away[w];
    return new LiveRows(tableRows, OrdinalSet.ofBitmap(left));
  }
}
