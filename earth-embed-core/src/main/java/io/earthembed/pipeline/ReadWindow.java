package io.earthembed.pipeline;

/**
 * Limits the tiles in one stage by a count and by a memory budget, assuming that each tile is as
 * large as the largest so far. One tile is always allowed; a few are allowed until a size is known.
 */
final class ReadWindow {
  private static final int UNMEASURED = 4;

  private final int tiles;
  private final long budget;
  private long largest;
  private int inside;

  ReadWindow(int tiles, long budget) {
    this.tiles = tiles;
    this.budget = budget;
  }

  /** Waits until another tile may enter. */
  synchronized void enter() throws InterruptedException {
    while (inside >= limit()) wait();
    inside++;
  }

  private int limit() {
    if (largest == 0) return Math.min(tiles, UNMEASURED);
    return (int) Math.max(1, Math.min(tiles, budget / largest));
  }

  /** Records the size of a tile. */
  synchronized void measured(long bytes) {
    largest = Math.max(largest, bytes);
    notifyAll();
  }

  /** Records that a tile has left the stage. */
  synchronized void leave() {
    inside--;
    notifyAll();
  }
}
