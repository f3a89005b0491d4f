package io.earthembed.web;

import io.earthembed.Changes;
import io.earthembed.catalog.TileCatalog;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last comparisons of tiles, so that a further page of a result, or another limit, reads
 * no embeddings again. A comparison goes when the tiles of one of its explorers change, or when all
 * together take too much memory; the one that was not used for longest goes first. Safe for many
 * threads.
 */
final class KeptChanges {
  /** The memory of a compared cell at most: its tile in a catalog, two rows and a change. */
  private static final long CELL_BYTES = 256;

  private final long maxBytes;
  private final Map<Key, Kept> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * Names a comparison.
   *
   * @param earlier holds the earlier tiles
   * @param later holds the later tiles
   * @param filters a text that is equal for equal filters
   */
  record Key(LoadedExplorer earlier, LoadedExplorer later, String filters) {}

  /** Changes, and the catalog that their later rows belong to. */
  record Kept(Changes changes, TileCatalog catalog) {
    private long bytes() {
      return CELL_BYTES * changes.size();
    }
  }

  /**
   * @param maxBytes the most bytes of all comparisons
   */
  KeptChanges(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns what is kept, or null. */
  synchronized @Nullable Kept get(Key key) {
    dropOld();
    return entries.get(key);
  }

  /** Keeps a comparison, unless it alone takes too much memory or its tiles have changed. */
  synchronized void put(Key key, Kept kept) {
    if (kept.bytes() > maxBytes || !key.later().isCurrent() || !key.earlier().isCurrent()) return;
    Kept old = entries.put(key, kept);
    bytes += kept.bytes() - (old == null ? 0 : old.bytes());
    Iterator<Kept> eldest = entries.values().iterator();
    while (bytes > maxBytes) {
      bytes -= eldest.next().bytes();
      eldest.remove();
    }
  }

  /** Drops comparisons of tiles that have changed. */
  synchronized void dropOld() {
    entries
        .entrySet()
        .removeIf(
            entry -> {
              Key key = entry.getKey();
              if (key.later().isCurrent() && key.earlier().isCurrent()) return false;
              bytes -= entry.getValue().bytes();
              return true;
            });
  }

  /** Returns how many comparisons are kept. */
  synchronized int size() {
    return entries.size();
  }
}
