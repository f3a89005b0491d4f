package io.earthembed;

import io.earthembed.base.table.HashSlots;
import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.base.thread.Tasks;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.geo.GridCell;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The tiles of two datasets, or of one, joined by grid cell: one pair for each cell that has both.
 * Pairs are numbered in the order of their later tiles.
 *
 * @param earlierRows the row of each pair in the earlier dataset
 * @param laterRows the row of each pair in the later dataset, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CellPairs(
    EmbeddingDataset earlier, EmbeddingDataset later, int[] earlierRows, int[] laterRows) {
  /** A dataset that is read may be ahead of the other one by this share of its rows. */
  private static final double LEAD = 0.01;

  /** Says which of two tiles of a cell is compared. */
  interface Preference {
    /** Returns whether a tile is preferred to an earlier row of the same cell. */
    boolean prefers(TileCatalog catalog, int tile, int to);
  }

  /** Receives the embeddings of pairs, by several threads at once. */
  interface Consumer {
    /** Takes a pair's embeddings, which are valid until it returns. */
    void accept(int pair, float[] earlier, float[] later);
  }

  /**
   * The tiles of a catalog by cell.
   *
   * @param preferred the preferred tile of a cell, at the cell's first row; -1 elsewhere
   */
  private record Cells(TileCatalog catalog, HashSlots slots, int[] preferred) {
    static Cells of(TileCatalog catalog, OrdinalSet set, Preference preference) {
      int n = Math.toIntExact(catalog.size());
      Cells cells = new Cells(catalog, HashSlots.allocate(n), new int[n]);
      Arrays.fill(cells.preferred, -1);
      for (int row = 0; row < n; row++) {
        if (!set.contains(row) || !catalog.hasCell(row)) continue;
        GridCell cell = catalog.cell(row);
        int first = cells.find(cell);
        if (first < 0) {
          cells.slots.put(hash(cell), row);
          cells.preferred[row] = row;
        } else if (preference.prefers(catalog, row, cells.preferred[first])) {
          cells.preferred[first] = row;
        }
      }
      return cells;
    }

    private int find(GridCell cell) {
      return slots.find(hash(cell), row -> catalog.cell(row).equals(cell));
    }

    /** Returns the preferred tiles of all cells. */
    BitSet tiles() {
      BitSet tiles = new BitSet();
      for (int row : preferred) if (row >= 0) tiles.set(row);
      return tiles;
    }

    /** Returns the preferred tile of a cell, or -1. */
    int tile(GridCell cell) {
      int first = find(cell);
      return first < 0 ? -1 : preferred[first];
    }
  }

  /**
   * Joins two datasets.
   *
   * @param earlierSet the rows of the earlier dataset that may be compared
   * @param laterSet the rows of the later dataset that may be compared
   */
  static CellPairs join(
      EmbeddingDataset earlier,
      OrdinalSet earlierSet,
      Preference earlierPreference,
      EmbeddingDataset later,
      OrdinalSet laterSet,
      Preference laterPreference) {
    Cells before = Cells.of(TileCatalog.of(earlier.catalog()), earlierSet, earlierPreference);
    TileCatalog catalog = TileCatalog.of(later.catalog());
    BitSet after = Cells.of(catalog, laterSet, laterPreference).tiles();
    int[] earlierRows = new int[after.cardinality()];
    int[] laterRows = new int[earlierRows.length];
    int n = 0;
    for (int row = after.nextSetBit(0); row >= 0; row = after.nextSetBit(row + 1)) {
      int other = before.tile(catalog.cell(row));
      if (other < 0 || (earlier == later && other == row)) continue;
      earlierRows[n] = other;
      laterRows[n++] = row;
    }
    return new CellPairs(
        earlier, later, Arrays.copyOf(earlierRows, n), Arrays.copyOf(laterRows, n));
  }

  /** Returns a hash that differs for all cells of a grid; that of the record repeats every 31. */
  static int hash(GridCell cell) {
    return 16_777_619 * cell.row() + cell.column();
  }

  /** Returns how many pairs there are. */
  int size() {
    return laterRows.length;
  }

  /** Returns some of the pairs. */
  CellPairs keep(int[] pairs) {
    return new CellPairs(
        earlier,
        later,
        Arrays.stream(pairs).map(pair -> earlierRows[pair]).toArray(),
        Arrays.stream(pairs).map(pair -> laterRows[pair]).toArray());
  }

  /**
   * Reads both datasets at the same time, once, and passes on each pair when its second embedding
   * is read. It holds the embeddings whose partners were not read yet: few if both datasets have
   * similar orders, at worst those of a whole dataset.
   */
  void forEach(Consumer consumer) {
    Join join = new Join(consumer);
    if (earlier == later) {
      join.read(true, true);
      return;
    }
    FutureTask<Boolean> other = new FutureTask<>(() -> join.read(true, false), true);
    DaemonThreads.named("change-search").newThread(other).start();
    try {
      join.read(false, true);
      Tasks.await(other, "reading " + earlier.name());
    } catch (Stopped e) {
      Tasks.await(other, "reading " + earlier.name()); // throws its failure
    } finally {
      join.end(1, true);
    }
  }

  /** Ends the reading of a dataset because the other one could not be read. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super(null, null, false, false);
    }
  }

  /** Joins two streams of embeddings. */
  private final class Join {
    private final Consumer consumer;
    private final AtomicReferenceArray<float[]> waiting = new AtomicReferenceArray<>(size());

    /** The share of its rows that each dataset has passed on; more than 1 after its end. */
    private final double[] read = new double[2];

    private boolean stopped;

    Join(Consumer consumer) {
      this.consumer = consumer;
    }

    void read(boolean isEarlier, boolean isLater) {
      EmbeddingDataset dataset = isLater ? later : earlier;
      int rows = Math.toIntExact(dataset.catalog().size());
      int[] earlierPairs = isEarlier ? inverted(earlierRows, rows) : new int[0];
      int[] laterPairs = isLater ? inverted(laterRows, rows) : new int[0];
      int[] next = {0};
      float[][] scratch = new float[1][];
      boolean whole = false;
      try {
        dataset.forEachBatch(
            batch -> {
              if (isEarlier != isLater) keepStep(isLater ? 1 : 0, next[0] / (double) rows);
              for (long i = 0; i < batch.rows(); i++, next[0]++) {
                if (isEarlier) take(batch, i, earlierPairs[next[0]], true, scratch);
                if (isLater) take(batch, i, laterPairs[next[0]], false, scratch);
              }
            });
        whole = true;
      } finally {
        end(isLater ? 1 : 0, !whole);
      }
    }

    private void take(Vectors batch, long row, int pair, boolean isEarlier, float[][] scratch) {
      if (pair < 0) return;
      float[] mine = scratch[0] == null ? new float[batch.dimension()] : scratch[0];
      batch.get(row, mine);
      if (waiting.compareAndSet(pair, null, mine)) {
        scratch[0] = null;
        return;
      }
      scratch[0] = mine;
      float[] other = waiting.getAndSet(pair, null);
      consumer.accept(pair, isEarlier ? mine : other, isEarlier ? other : mine);
    }

    private static int[] inverted(int[] rowOf, int rows) {
      int[] pairs = new int[rows];
      Arrays.fill(pairs, -1);
      for (int pair = 0; pair < rowOf.length; pair++) pairs[rowOf[pair]] = pair;
      return pairs;
    }

    /** Waits while this dataset is too far ahead of the other. */
    private synchronized void keepStep(int dataset, double share) {
      read[dataset] = share;
      notifyAll();
      try {
        while (!stopped && share > read[1 - dataset] + LEAD) wait();
      } catch (InterruptedException e) {
        throw Tasks.interrupted("interrupted while comparing datasets", e);
      }
      if (stopped) throw new Stopped();
    }

    /**
     * Lets the other dataset be read to its end.
     *
     * @param stop ends the reading of the other dataset too
     */
    synchronized void end(int dataset, boolean stop) {
      read[dataset] = 2;
      stopped |= stop;
      notifyAll();
    }
  }
}
