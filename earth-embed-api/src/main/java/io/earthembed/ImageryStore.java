package io.earthembed;

import io.earthembed.catalog.TileRef;
import java.util.List;
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
   * Many tiles, read in parallel. One that fails does not lose the others.
   *
   * @param tiles where they are
   * @param parts which of their columns
   * @return one outcome for each, in order
   */
  List<Outcome> fetchAll(List<TileRef> tiles, TileParts parts);

  /** What reading has cost since this store was opened. */
  FetchStats stats();

  /** Frees connections and maps. Closing twice is harmless. */
  @Override
  void close();

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
