package io.earthembed.web;

import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads pictures of tiles from the archives of imagery, and keeps some. Safe for many threads. */
final class PictureReader {
  /** Tiles of a series that are read at once. */
  private static final int AHEAD = 4;

  private final ConcurrencyLimit fetches;
  private final ConcurrencyLimit work;
  private final Duration timeout;
  private final KeptData<byte[]> kept;

  PictureReader(ConcurrencyLimit fetches, ConcurrencyLimit work, ServerOptions options) {
    this.fetches = fetches;
    this.work = work;
    this.timeout = options.fetchTimeout();
    this.kept =
        new KeptData<>("pictures", options.cacheBytes(), Duration.ofDays(1), options.metrics());
  }

  /** Decides whether a read that waits should go on. */
  interface Patience {
    /** Waits for any tile. */
    Patience ENDLESS = () -> true;

    /** Returns whether the read should go on; called every second. */
    boolean goesOn();
  }

  /** Returns a text that is equal for equal pictures. */
  static String key(LoadedExplorer explorer, long row, PictureView view) {
    return explorer.name() + '/' + explorer.tag() + '/' + row + '/' + view.key();
  }

  /**
   * Returns a picture as PNG.
   *
   * @param patience asked while the archive is read; if it says no, the read is cancelled
   * @return null if the read was cancelled
   * @throws ProblemException (404) if the tile has no pixels; (504) if it took too long
   */
  byte @Nullable [] png(LoadedExplorer explorer, long row, PictureView view, Patience patience) {
    try (Series series = new Series(explorer, List.of(row), view)) {
      return series.next(patience);
    }
  }

  /** Pictures of several tiles in order; some tiles are read ahead. For one thread. */
  final class Series implements AutoCloseable {
    private final LoadedExplorer explorer;
    private final List<Long> rows;
    private final PictureView view;

    /** Reads that run or have ended, by position in the rows. */
    private final Map<Integer, CompletableFuture<Tile>> reads = new HashMap<>();

    private int done;

    Series(LoadedExplorer explorer, List<Long> rows, PictureView view) {
      this.explorer = explorer;
      this.rows = rows;
      this.view = view;
    }

    /** Returns the next picture; see {@link #png}. */
    byte @Nullable [] next(Patience patience) {
      int at = done++;
      byte[] known = kept.get(key(at));
      if (known != null) return known;
      Tile tile;
      try (ConcurrencyLimit.Turn turn = fetches.await()) {
        for (int i = at; i < Math.min(rows.size(), at + AHEAD); i++) {
          if (i == at || !kept.has(key(i))) reads.computeIfAbsent(i, this::begin);
        }
        tile = await(Objects.requireNonNull(reads.remove(at)), patience);
      }
      if (tile == null) return null;
      TileRecord record = explorer.catalog().record(rows.get(at));
      byte[] png;
      try (ConcurrencyLimit.Turn turn = work.await()) {
        png = view.png(tile.requireSameAs(record), explorer.served().cropPixels());
      }
      kept.put(key(at), png, png.length);
      return png;
    }

    private String key(int at) {
      return PictureReader.key(explorer, rows.get(at), view);
    }

    /** Begins a read; failures are its outcome. */
    private CompletableFuture<Tile> begin(int at) {
      ImageryStore store = explorer.explorer().imagery().orElse(null);
      TileRef source = explorer.catalog().record(rows.get(at)).source();
      if (store == null || source == null) {
        return CompletableFuture.failedFuture(
            ProblemException.notFound(
                store == null
                    ? explorer.name() + " has no imagery"
                    : "where the tile's pixels are is unknown"));
      }
      return store.fetchAsync(source, view.parts());
    }

    /** Cancels what is still read. */
    @Override
    public void close() {
      for (CompletableFuture<Tile> read : reads.values()) read.cancel(true);
    }
  }

  private @Nullable Tile await(CompletableFuture<Tile> read, Patience patience) {
    long start = System.nanoTime();
    try {
      while (true) {
        try {
          return read.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          if (!patience.goesOn()) return null;
          if (System.nanoTime() - start > timeout.toNanos()) {
            throw ProblemException.of(
                504, "the archive of imagery did not answer within " + timeout.toSeconds() + " s");
          }
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) throw failure;
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ProblemException.of(503, "the server is stopping");
    } finally {
      read.cancel(true);
    }
  }
}
