package io.earthembed.web;

import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads pictures of tiles from the archives of imagery, and keeps some. Safe for many threads. */
final class PictureReader {
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
    String key = key(explorer, row, view);
    byte[] known = kept.get(key);
    if (known != null) return known;
    ImageryStore store = explorer.explorer().imagery().orElse(null);
    if (store == null) throw ProblemException.notFound(explorer.name() + " has no imagery");
    TileRecord record = explorer.catalog().record(row);
    TileRef source = record.source();
    if (source == null) throw ProblemException.notFound("where the tile's pixels are is unknown");
    Tile tile;
    try (ConcurrencyLimit.Turn turn = fetches.await()) {
      tile = await(store.fetchAsync(source, view.parts()), patience);
    }
    if (tile == null) return null;
    byte[] png;
    try (ConcurrencyLimit.Turn turn = work.await()) {
      png = view.png(tile.requireSameAs(record), explorer.served().cropPixels());
    }
    kept.put(key, png, png.length);
    return png;
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
