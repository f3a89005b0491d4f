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
 * Reads the pixels of single tiles out of large shards. Safe for many threads. Blocking calls end
 * with an {@link EarthEmbedException} when their thread is interrupted, its interrupt status kept.
 * The contract suite is {@code ImageryStoreContract} of earth-embed-testkit.
 */
public interface ImageryStore extends AutoCloseable {
  /**
   * One tile.
   *
   * @param tile where it is
   * @param parts which of its columns
   * @throws RangeReadException if its bytes cannot be had
   * @throws CorruptDataException if they are not what they should be, or the row group does not
   *     hold one row
   * @throws IllegalArgumentException if the shard has no such row group or column
   * @throws IllegalStateException after {@link #close}
   */
  Tile fetch(TileRef tile, TileParts parts);

  /**
   * One tile, later.
   *
   * @param tile where it is
   * @param parts which of its columns
   * @return completed with the tile, or with what {@link #fetch} would throw; cancelling it ends
   *     the reading
   * @throws IllegalStateException after {@link #close}
   */
  CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts);

  /**
   * Many tiles, read in parallel, each given as soon as it is there. One that fails does not lose
   * the others. Reading begins at once and keeps some tiles ahead of what has been taken, so that
   * any number may be asked for.
   *
   * @param tiles where they are
   * @param parts which of their columns
   * @param progress told of each tile that is there or has failed
   * @return one outcome for each, in the order in which they are had; to be closed
   * @throws IllegalStateException after {@link #close}
   */
  Outcomes fetchEach(List<TileRef> tiles, TileParts parts, ProgressListener progress);

  /**
   * Many tiles, read in parallel. One that fails does not lose the others.
   *
   * @param tiles where they are
   * @param parts which of their columns
   * @return one outcome for each, in their order; all are in memory at once
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

  /** What reading has cost since this store was opened. */
  FetchStats stats();

  /**
   * Frees connections and maps. Closing twice is harmless. Who is reading has a tile or an {@link
   * IllegalStateException}.
   */
  @Override
  void close();

  /**
   * Tiles as they come. {@link #next} waits for one, and ends with an {@link EarthEmbedException}
   * where its thread is interrupted. For one thread.
   */
  interface Outcomes extends Iterator<Outcome>, AutoCloseable {
    /** Ends the reading of what has not been taken. Closing twice is harmless. */
    @Override
    void close();
  }

  /**
   * A tile, or why it could not be had; exactly one of the two.
   *
   * @param source what was asked for
   * @param tile the tile, or null
   * @param failure the reason, or null
   */
  record Outcome(TileRef source, @Nullable Tile tile, @Nullable RuntimeException failure) {
    /** Checks that there is exactly one. */
    public Outcome {
      if ((tile == null) == (failure == null)) {
        throw new IllegalArgumentException("an outcome is a tile or a failure");
      }
    }

    /** The same, or a failure where the tile is not a record's; see {@link Tile#requireSameAs}. */
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
     * The tile.
     *
     * @throws RuntimeException the failure, where there is none
     */
    public Tile orThrow() {
      if (tile != null) return tile;
      throw failure == null ? new IllegalStateException("no outcome") : failure;
    }
  }
}
