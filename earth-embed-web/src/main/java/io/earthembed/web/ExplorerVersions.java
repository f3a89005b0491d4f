package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The last versions of an explorer whose tiles may change. A client names a tile by its row, which
 * depends on the version that it has seen, so earlier catalogs are kept for some time. Safe for
 * many threads.
 */
final class ExplorerVersions {
  private static final int KEPT = 8;

  private final ServedExplorer served;
  private final EarthExplorer explorer;
  private final Runnable changed;
  private final Deque<LoadedExplorer> versions = new ArrayDeque<>(); // newest first

  /**
   * @param changed is run when a request meets other tiles than the one before
   */
  ExplorerVersions(ServedExplorer served, EarthExplorer explorer, Runnable changed) {
    this.served = served;
    this.explorer = explorer;
    this.changed = changed;
  }

  ServedExplorer served() {
    return served;
  }

  EarthExplorer explorer() {
    return explorer;
  }

  /** Returns the explorer with its current tiles. */
  LoadedExplorer newest() {
    return of(explorer.catalog());
  }

  /** Returns the explorer with the tiles of one of its catalogs. */
  synchronized LoadedExplorer of(TileCatalog catalog) {
    for (LoadedExplorer known : versions) if (known.catalog() == catalog) return known;
    LoadedExplorer added = new LoadedExplorer(this, served, explorer, catalog);
    versions.addFirst(added);
    if (versions.size() > KEPT) versions.removeLast();
    if (versions.size() > 1) changed.run();
    return added;
  }

  /**
   * Returns the explorer with the tiles that a client has seen.
   *
   * @param tag of the tiles; null for the current ones
   * @throws ProblemException (409) if these tiles are no longer kept
   */
  LoadedExplorer require(@Nullable String tag) {
    LoadedExplorer newest = newest();
    if (tag == null || tag.equals(newest.tag())) return newest;
    synchronized (this) {
      for (LoadedExplorer known : versions) if (known.tag().equals(tag)) return known;
    }
    throw ProblemException.of(409, "the tiles of " + served.name() + " have changed: search again");
  }
}
