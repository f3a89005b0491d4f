package io.earthembed.pipeline;

/**
 * How many tiles may be on their way between the reader and the encoder: so many, and no more than
 * fit a budget if each is as large as the largest so far. One always may.
 */
final class ReadWindow {
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
    return largest == 0 ? tiles : (int) Math.max(1, Math.min(tiles, budget / largest));
  }

  /** A tile's crops are ready, and so large. */
  synchronized void measured(long bytes) {
    largest = Math.max(largest, bytes);
  }

  /** A tile has reached the encoder. */
  synchronized void leave() {
    inside--;
    notifyAll();
  }
}
