package io.earthembed.vector;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The ordinals that a search may return: all, or those of a bitmap. Immutable and safe for many
 * threads.
 *
 * <p>Bit {@code i % 64} of word {@code i / 64} stands for ordinal i; ordinals beyond the bitmap are
 * not in the set. In little-endian memory this is the byte order of FAISS's {@code
 * IDSelectorBitmap}.
 */
public final class OrdinalSet {
  private static final OrdinalSet ALL = new OrdinalSet(null);

  private final long @Nullable [] words;

  private OrdinalSet(long @Nullable [] words) {
    this.words = words;
  }

  /** Returns the set of all ordinals. */
  public static OrdinalSet all() {
    return ALL;
  }

  /** Returns the empty set. */
  public static OrdinalSet none() {
    return new OrdinalSet(new long[0]);
  }

  /** Returns the set of these ordinals, given in any order. */
  public static OrdinalSet of(long... ordinals) {
    long last = -1;
    for (long ordinal : ordinals) {
      if (ordinal < 0) throw new IllegalArgumentException("negative ordinal: " + ordinal);
      last = Math.max(last, ordinal);
    }
    long[] words = new long[Math.toIntExact((last >> 6) + 1)];
    for (long ordinal : ordinals) words[(int) (ordinal >> 6)] |= 1L << ordinal;
    return new OrdinalSet(words);
  }

  /**
   * Returns the set of the ordinals whose bits are set.
   *
   * @param words bit {@code i % 64} of word {@code i / 64} stands for ordinal i; copied
   */
  public static OrdinalSet ofBitmap(long... words) {
    return new OrdinalSet(words.clone());
  }

  /**
   * Returns the set of the ordinals below a size that pass a test.
   *
   * @param size number of ordinals
   * @param test called once for each ordinal, in order
   */
  public static OrdinalSet where(long size, LongPredicate test) {
    long[] words = new long[Math.toIntExact((size + 63) >> 6)];
    for (long i = 0; i < size; i++) {
      if (test.test(i)) words[(int) (i >> 6)] |= 1L << i;
    }
    return new OrdinalSet(words);
  }

  /** Returns whether this is the set of all ordinals. */
  public boolean isAll() {
    return words == null;
  }

  /** Returns whether an ordinal is in the set. */
  public boolean contains(long ordinal) {
    if (words == null) return true;
    long word = ordinal >> 6;
    return word >= 0 && word < words.length && (words[(int) word] >>> ordinal & 1) != 0;
  }

  /**
   * Counts the ordinals below a size that are in the set.
   *
   * @param size number of ordinals
   */
  public long count(long size) {
    if (words == null) return size;
    long count = 0;
    for (int w = 0; w < words.length && (long) w << 6 < size; w++) {
      long left = size - ((long) w << 6);
      long word = left >= 64 ? words[w] : words[w] & ((1L << left) - 1);
      count += Long.bitCount(word);
    }
    return count;
  }

  /**
   * Returns the ordinals within a range, counted from its start. A shard that holds the range takes
   * this as its filter.
   *
   * @param from first ordinal, 0 or more
   * @param to one past the last, not less than from
   */
  public OrdinalSet slice(long from, long to) {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("not a range: [" + from + ", " + to + ")");
    }
    if (words == null) return this;
    long[] part = new long[Math.toIntExact((to - from + 63) >> 6)];
    int shift = (int) (from & 63);
    for (int i = 0; i < part.length; i++) {
      long word = (from >> 6) + i;
      long low = word < words.length ? words[(int) word] : 0;
      long high = word + 1 < words.length ? words[(int) word + 1] : 0;
      part[i] = shift == 0 ? low : low >>> shift | high << (64 - shift);
    }
    if (((to - from) & 63) != 0) part[part.length - 1] &= (1L << (to - from)) - 1;
    return new OrdinalSet(part);
  }

  /**
   * Returns a copy of the bitmap for the ordinals below a size.
   *
   * @param size number of ordinals
   * @return (size + 63) / 64 words
   */
  public long[] toBitmap(long size) {
    long[] copy = new long[Math.toIntExact((size + 63) >> 6)];
    if (words == null) {
      java.util.Arrays.fill(copy, -1L);
      if ((size & 63) != 0) copy[copy.length - 1] = (1L << size) - 1;
    } else {
      System.arraycopy(words, 0, copy, 0, Math.min(words.length, copy.length));
      if (copy.length > 0 && (size & 63) != 0) copy[copy.length - 1] &= (1L << size) - 1;
    }
    return copy;
  }

  @Override
  public String toString() {
    return words == null ? "OrdinalSet[all]" : "OrdinalSet[" + count(64L * words.length) + "]";
  }
}
