package io.earthembed.solr;

import io.earthembed.base.file.Sha256;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores lists of ordinals that come a second time as documents of the collection, and names them
 * in searches: a join reads the ordinals, and Solr caches what passes. The name is a digest of the
 * list, so clients share it. Each uses what it stored for a day, and then stores it again. What was
 * stored two days ago is removed when a list is stored. Safe for many threads.
 */
final class StoredFilters {
  /** The most filters that one client stores in a day. */
  static final int MAX_STORED = 64;

  private static final int MAX_SEEN = 1024;
  private static final long USED_NANOS = Duration.ofDays(1).toNanos();

  private final SolrCollection collection;

  /** The names of the lists that came last. */
  private final Set<String> seen =
      Collections.newSetFromMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MAX_SEEN;
            }
          });

  /** When each filter was stored, by {@link System#nanoTime}. */
  private final Map<String, Long> stored = new HashMap<>();

  /** Whether the collection has refused a list; if so, no further list is stored. */
  private boolean refused;

  StoredFilters(SolrCollection collection) {
    this.collection = collection;
  }

  /**
   * Returns a filter in Solr's syntax that passes these ordinals, or null to send them.
   *
   * @param words bitmap of the ordinals
   * @param size number of ordinals that count
   * @param again whether more searches with these ordinals follow
   */
  @Nullable String find(long[] words, long size, boolean again) {
    boolean most = Arrays.stream(words).map(Long::bitCount).sum() > size / 2;
    long[] listed = most ? OrdinalFilter.others(words, size) : words;
    String name = name(listed);
    String join = Schema.stored(name);
    String text = most ? "(*:* NOT " + join + ")" : join;
    synchronized (this) {
      long now = System.nanoTime();
      stored.values().removeIf(time -> now - time > USED_NANOS);
      if (stored.containsKey(name)) return text;
      boolean first = seen.add(name);
      if (first && !again || refused || stored.size() >= MAX_STORED) return null;
    }
    try {
      collection.store(name, listed);
    } catch (EarthEmbedException e) {
      // A search by ordinals needs no stored filter, and says what else is wrong.
      synchronized (this) {
        refused = true;
      }
      return null;
    }
    synchronized (this) {
      stored.put(name, System.nanoTime());
    }
    return text;
  }

  private static String name(long[] words) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * words.length);
    bytes.asLongBuffer().put(words);
    return HexFormat.of().formatHex(Sha256.digest().digest(bytes.array()), 0, 16);
  }
}
