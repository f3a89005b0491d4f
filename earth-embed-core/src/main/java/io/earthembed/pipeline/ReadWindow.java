package io.earthembed.pipeline;

/**
 * How many tiles may be in some stretch of the way: so many, and no more than fit a budget if each
 * is as large as the largest so far. One always may; a few, while no size is known.
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

  /** Waits until another tile may come. */
  synchronized void enter() throws InterruptedException {
    while (inside >= limit()) wait();
    inside++;
  }

  private int limit() {
    if (largest == 0) return Math.min(tiles, UNMEASURED);
    return (int) Math.max(1, Math.min(tiles, budget / largest));
  }

  /** A tile is so large. */
  synchronized void measured(long bytes) {
    largest = Math.max(largest, bytes);
    notifyAll();
  }

  /** A tile has passed. */
  synchronized void leave() {
    inside--;
    notifyAll();
  }
}
