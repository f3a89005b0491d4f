package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.ModelComparison;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The explorers that were asked together, joined by tile. Joining takes as long as some searches,
 * so the last ones are kept. Safe for many threads.
 */
final class Comparisons {
  /** Each has some bytes for each tile. */
  private static final int KEPT = 8;

  private final Map<List<LoadedExplorer>, ModelComparison> kept =
      new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Returns explorers joined by tile.
   *
   * @param explorers at least two; the result of a search has the tiles of the first
   * @throws IllegalArgumentException if different models have equal names, or a tile has no cell or
   *     product
   */
  synchronized ModelComparison of(List<LoadedExplorer> explorers) {
    ModelComparison known = kept.get(explorers);
    if (known != null) return known;
    ModelComparison joined =
        ModelComparison.of(
            explorers.stream().map(LoadedExplorer::explorer).toArray(EarthExplorer[]::new));
    kept.put(explorers, joined);
    if (kept.size() > KEPT) kept.remove(kept.keySet().iterator().next());
    return joined;
  }
}
