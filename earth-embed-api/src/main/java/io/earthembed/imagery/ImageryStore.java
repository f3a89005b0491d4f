package io.earthembed.imagery;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.common.RangeReadException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pixels of single tiles out of large shards. Safe for many threads. If its thread is
 * interrupted, a blocking call throws an {@link EarthEmbedException} and keeps the interrupt
 * status. The contract suite is {@code ImageryStoreContract} of earth-embed-testkit.
 *
 * <p>A store needs only {@link #fetch}; the other methods then read one tile after another on the
 * caller's thread. A store that reads over a network implements them too, to read in parallel.
 */
public interface ImageryStore extends AutoCloseable {
  /**
   * Reads one tile.
   *
   * @param tile the tile's shard and row group
   * @param parts the columns to read
   * @throws RangeReadException if its bytes cannot be read
   * @throws CorruptDataException if its bytes are damaged, or the row group does not hold exactly
   *     one row
   * @throws IllegalArgumentException if the shard has no such row group or column
   * @throws IllegalStateException after {@link #close}
   */
  Tile fetch(TileRef tile, TileParts parts);

  /**
   * Reads one tile asynchronously (default: on the calling thread, before it returns).
   *
   * @param tile the tile's shard and row group
   * @param parts the columns to read
   * @return completes with the tile, or with the exception that {@link #fetch} would throw;
   *     cancelling it stops the read
   * @throws IllegalStateException after {@link #close}
   */
  @SuppressWarnings("IllegalCatch") // a failure of any kind is the future's outcome
  default CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts) {
    try {
      return CompletableFuture.completedFuture(fetch(tile, parts));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Reads many tiles in parallel and returns each as soon as it is read. The failure of one tile
   * does not affect the others. Reading starts at once and stays only some tiles ahead of the
   * consumer, so the list may have any length. The default does not read ahead: it reads each tile
   * by {@link #fetch} when it is taken.
   *
   * @param tiles shards and row groups of the tiles
   * @param parts the columns to read
   * @param progress receives an update for each tile that was read or has failed
   * @return one outcome per tile, in order of completion; the caller must close it
   * @throws IllegalStateException after {@link #close}
   */
  default Outcomes fetchEach(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
    return new FetchedInTurn(this, tiles, parts, progress);
  }

  /**
   * Reads many tiles in parallel. The failure of one tile does not affect the others.
   *
   * @param tiles shards and row groups of the tiles
   * @param parts the columns to read
   * @return one outcome per tile, in the order of the list; all are in memory at once
   */
  default List<Outcome> fetchAll(List<TileRef> tiles, TileParts parts) {
    Map<TileRef, Outcome> had = new HashMap<>();
    try (Outcomes outcomes = fetchEach(tiles, parts, ProgressListener.NONE)) {
      while (outcomes.hasNext()) {
        Outcome outcome = outcomes.next();
        had.put(outcome.source(), outcome);
      }
    }
    List<Outcome> all = new ArrayList<>();
    for (TileRef tile : tiles) all.add(Objects.requireNonNull(had.get(tile)));
    return all;
  }

  /** Returns the counters since this store was opened (default zeros: it does not count). */
  default FetchStats stats() {
    return new FetchStats(0, 0, 0, 0, 0, 0);
  }

  /**
   * Frees connections and memory maps. Closing twice is harmless. Reads in progress return a tile
   * or throw an {@link IllegalStateException}. The default does nothing.
   */
  @Override
  default void close() {}

  /**
   * Tiles in order of completion. {@link #next} waits for one and throws an {@link
   * EarthEmbedException} if its thread is interrupted. For one thread.
   */
  interface Outcomes extends Iterator<Outcome>, AutoCloseable {
    /** Stops reading the tiles that were not taken. Closing twice is harmless. */
    @Override
    void close();
  }

  /**
   * A tile, or the reason why it could not be read; exactly one of the two.
   *
   * @param source the requested tile
   * @param tile the tile, or null
   * @param failure the reason, or null
   */
  record Outcome(TileRef source, @Nullable Tile tile, @Nullable RuntimeException failure) {
    /** Checks that exactly one of tile and failure is set. */
    public Outcome {
      if ((tile == null) == (failure == null)) {
        throw new IllegalArgumentException("an outcome is a tile or a failure");
      }
    }

    /**
     * Returns this outcome, or a failure if its tile is not the record's; see {@link
     * Tile#requireSameAs}.
     */
    public Outcome requireSameAs(TileRecord record) {
      if (tile == null) return this;
      try {
        tile.requireSameAs(record);
        return this;
      } catch (CorruptDataException other) {
        return new Outcome(source, null, other);
      }
    }

    /**
     * Returns the tile.
     *
     * @throws RuntimeException the failure, if there is no tile
     */
    public Tile orThrow() {
      if (tile != null) return tile;
      throw failure == null ? new IllegalStateException("no outcome") : failure;
    }
  }
}
