package io.earthembed.solr;

import io.earthembed.vector.OrdinalSet;
import org.apache.solr.common.params.CommonParams;
import org.apache.solr.common.params.ModifiableSolrParams;

/**
 * Converts a set of ordinals to filter queries: ranges if there are few; otherwise a list of the
 * ordinals that pass or of those that do not, whichever is shorter, with about 8 bytes per ordinal.
 */
final class OrdinalFilter {
  /** The most ranges, below Solr's default limit of 1,024 clauses. */
  private static final int MAX_RANGES = 500;

  private OrdinalFilter() {}

  /**
   * Adds filters that pass the set's ordinals below a size.
   *
   * @param size number of ordinals that count, at least 1
   */
  static void add(ModifiableSolrParams params, OrdinalSet set, long size) {
    if (set.isAll()) return;
    // Solr must not cache these filters, because the next search has others.
    long[] words = set.toBitmap(size);
    if (isShort(words)) {
      params.add(CommonParams.FQ, "{!lucene cache=false}" + ranges(words));
    } else if (set.count(size) <= size / 2) {
      params.add(CommonParams.FQ, "{!terms cache=false f=" + Schema.ORDINAL + "}" + list(words));
    } else {
      params.add(CommonParams.FQ, "{!bool cache=false must='*:*' must_not=$left_out}");
      params.set("left_out", "{!terms f=" + Schema.ORDINAL + "}" + list(others(words, size)));
    }
  }

  /** Returns the ordinals below a size that are not in a bitmap, as a bitmap. */
  static long[] others(long[] words, long size) {
    long[] others = OrdinalSet.all().toBitmap(size);
    for (int w = 0; w < words.length; w++) others[w] &= ~words[w];
    return others;
  }

  /** Returns whether {@link #add} sends ranges, which are short. */
  static boolean isShort(long[] words) {
    return runs(words) <= MAX_RANGES;
  }

  private static int runs(long[] words) {
    int runs = 0;
    long before = 0;
    for (long word : words) {
      runs += Long.bitCount(word & ~(word << 1 | before));
      before = word >>> 63;
    }
    return runs;
  }

  private static String ranges(long[] words) {
    StringBuilder text = new StringBuilder();
    long size = 64L * words.length;
    for (long from = next(words, 0, true); from < size; ) {
      long to = next(words, from, false);
      if (text.length() > 0) text.append(" OR ");
      text.append(Schema.ORDINAL).append(":[").append(from).append(" TO ").append(to - 1);
      text.append("]");
      from = next(words, to, true);
    }
    return text.toString();
  }

  private static String list(long[] words) {
    StringBuilder text = new StringBuilder();
    long size = 64L * words.length;
    for (long i = next(words, 0, true); i < size; i = next(words, i + 1, true)) {
      if (text.length() > 0) text.append(',');
      text.append(i);
    }
    return text.toString();
  }

  /**
   * Returns the first ordinal from a position on whose bit is set (or clear), or the size if there
   * is none.
   */
  static long next(long[] words, long from, boolean set) {
    for (long i = from; i < 64L * words.length; ) {
      long word = set ? words[(int) (i >> 6)] : ~words[(int) (i >> 6)];
      long rest = word >>> i;
      if (rest != 0) return i + Long.numberOfTrailingZeros(rest);
      i = (i | 63) + 1;
    }
    return 64L * words.length;
  }
}
