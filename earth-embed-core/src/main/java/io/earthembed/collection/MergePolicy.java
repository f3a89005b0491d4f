package io.earthembed.collection;

import java.util.List;

/**
 * Chooses the segments to merge. Only neighbours are merged, so rows keep their order. Segments
 * have levels: those of a level have up to eight times as many live rows as those of the level
 * below. As soon as the last eight segments are of one level or lower, they are merged, so a row is
 * rewritten about once per level. A segment of which half the rows were removed is rewritten alone.
 */
final class MergePolicy {
  /** Segments that are merged at once, and the ratio of the sizes of two levels. */
  static final int FACTOR = 8;

  private MergePolicy() {}

  /**
   * Returns the segments to merge, which follow one another; empty if there is nothing to do.
   *
   * @param parts all segments, in order
   */
  static List<Version.Part> choose(List<Version.Part> parts) {
    int highest = 0;
    for (Version.Part part : parts) highest = Math.max(highest, level(part.live().size()));
    for (int level = 0; level <= highest; level++) {
      int from = parts.size();
      while (from > 0 && level(parts.get(from - 1).live().size()) <= level) from--;
      if (parts.size() - from >= FACTOR) return parts.subList(from, parts.size());
    }
    for (Version.Part part : parts) {
      if (part.live().size() * 2L <= part.live().tableRows()) return List.of(part);
    }
    return List.of();
  }

  private static int level(long rows) {
    int level = 0;
    for (long left = rows / FACTOR; left > 0; left /= FACTOR) level++;
    return level;
  }
}
