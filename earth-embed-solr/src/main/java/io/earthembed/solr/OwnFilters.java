package io.earthembed.solr;

import io.earthembed.catalog.TileFilter;
import io.earthembed.vector.OrdinalSet;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds filters that Solr can evaluate itself in place of a long list of ordinals: the explorer's
 * in Solr's syntax, or {@linkplain StoredFilters stored} lists. Such a filter is used only if the
 * vectors that it passes are those of the ordinals, because the records in the collection may
 * differ from the explorer's, and Solr rounds positions to about a centimeter. Solr is asked once
 * for each filter. Safe for many threads.
 */
final class OwnFilters {
  private static final int MAX_KNOWN = 256;

  private static final SolrDialect DIALECT = new SolrDialect();

  private final SolrCollection collection;
  private final StoredFilters stored;
  private final Map<Asked, Summary> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, Summary> eldest) {
          return size() > MAX_KNOWN;
        }
      };

  private record Asked(String filter, long size) {}

  /**
   * Summarizes a set of ordinals, so that sets of different ordinals have different summaries but
   * for a coincidence.
   *
   * @param counts number of ordinals in each of {@link #BUCKETS} ranges
   * @param sums sum of the ordinals in each range
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by matches
  record Summary(long[] counts, double[] sums) {
    static final int BUCKETS = 256;

    /** Returns the width of a range, a multiple of 64. */
    static long width(long size) {
      return 64 * Math.max(1, (size + 64 * BUCKETS - 1) / (64 * BUCKETS));
    }

    static Summary of(long[] words, long size) {
      Summary summary = new Summary(new long[BUCKETS], new double[BUCKETS]);
      long width = width(size);
      for (int w = 0; w < words.length; w++) {
        int bucket = (int) (64L * w / width);
        summary.counts[bucket] += Long.bitCount(words[w]);
        long sum = 64L * w * Long.bitCount(words[w]);
        for (long left = words[w]; left != 0; left &= left - 1) {
          sum += Long.numberOfTrailingZeros(left);
        }
        summary.sums[bucket] += sum;
      }
      return summary;
    }

    boolean matches(Summary other) {
      return Arrays.equals(counts, other.counts) && Arrays.equals(sums, other.sums);
    }
  }

  OwnFilters(SolrCollection collection) {
    this.collection = collection;
    this.stored = new StoredFilters(collection);
  }

  /**
   * Returns a filter in Solr's syntax that passes these ordinals, or null if there is none.
   *
   * @param again whether more searches with this filter follow
   */
  @Nullable String find(TileFilter filter, OrdinalSet passing, Head head, boolean again) {
    if (passing.isAll() || head.size() == 0) return null;
    long[] words = passing.toBitmap(head.size());
    if (OrdinalFilter.isShort(words)) return null;
    String said = filter.in(DIALECT).orElse(null);
    if (said != null && passes(said, words, head)) return said;
    String named = stored.find(words, head.size(), again);
    return named != null && passes(named, words, head) ? named : null;
  }

  private boolean passes(String text, long[] words, Head head) {
    Asked asked = new Asked(text, head.size());
    Summary theirs;
    synchronized (known) {
      theirs = known.get(asked);
    }
    if (theirs == null) {
      theirs = collection.summary(head, text);
      synchronized (known) {
        known.put(asked, theirs);
      }
    }
    return theirs.matches(Summary.of(words, head.size()));
  }
}
