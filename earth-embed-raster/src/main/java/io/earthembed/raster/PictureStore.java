package io.earthembed.raster;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.base.thread.FetchRun;
import io.earthembed.base.thread.LimitedExecutor;
import io.earthembed.base.thread.TaskFuture;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.image.Band;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads tiles out of a folder of pictures that a table lists, one row a tile. The table is
 * comma-separated (RFC 4180, UTF-8); its header names these columns, in any order and case, and
 * other columns are ignored:
 *
 * <ul>
 *   <li>{@code file}: path of the picture below the folder of the table
 *   <li>{@code latitude} and {@code longitude}, or {@code lat} and {@code lon}: degrees of the
 *       centre, WGS 84
 *   <li>{@code id}: unique in the table (default: the file)
 *   <li>{@code product}: the product that it was cut from (default: the file)
 *   <li>{@code time}: ISO 8601, UTC if it names no zone (default unknown)
 *   <li>{@code cloud_cover}: percent (default unknown)
 * </ul>
 *
 * <p>Pictures are PNG, JPEG, GIF or BMP, as {@link io.earthembed.image.codec.ImageFiles} reads
 * them, or TIFF. A picture of 8 bits is a tile's thumbnail. Its red, green and blue are also B04,
 * B03 and B02, as the digital numbers of which {@link Tile#trueColor} composes the same picture. A
 * TIFF of 16 bits or floating point has digital numbers, and its thumbnail is composed of B04, B03
 * and B02. A TIFF of three bands has B04, B03 and B02, one of twelve all of {@link Band}, unless
 * {@link #open(Path, List)} says otherwise.
 *
 * <p>A reference names the table and the number of its row, from 0. The table is read when the
 * store is opened. Safe for many threads.
 */
public final class PictureStore implements ImageryStore {
  private final Path table;
  private final URI address;
  private final PictureTable rows;
  private final PictureBands bands;
  private final Counters counters = new Counters();
  private final ExecutorService threads;
  private final LimitedExecutor tasks;
  private final int parallelism;
  private final AtomicBoolean closed = new AtomicBoolean();

  private PictureStore(Path table, List<Band> bands) {
    this.table = table;
    this.address = table.toUri();
    this.bands = new PictureBands(bands, counters);
    this.rows = PictureTable.read(table);
    parallelism = Runtime.getRuntime().availableProcessors();
    threads =
        Executors.newFixedThreadPool(parallelism, DaemonThreads.numbered("earth-embed-pictures-"));
    tasks = new LimitedExecutor(threads, parallelism);
  }

  /**
   * Opens a folder of pictures.
   *
   * @param table the table in the folder
   * @throws CorruptDataException if the table cannot be used, naming its line and its column
   * @throws EarthEmbedException if it cannot be read
   */
  public static PictureStore open(Path table) {
    return open(table, List.of());
  }

  /**
   * Opens a folder of pictures whose TIFFs have bands in another order.
   *
   * @param table the table in the folder
   * @param bands the bands of each TIFF in their order, each once; empty for the default
   * @throws CorruptDataException if the table cannot be used, naming its line and its column
   * @throws EarthEmbedException if it cannot be read
   */
  public static PictureStore open(Path table, List<Band> bands) {
    if (!bands.isEmpty() && EnumSet.copyOf(bands).size() < bands.size()) {
      throw new IllegalArgumentException("a band is named twice: " + bands);
    }
    return new PictureStore(table.toAbsolutePath().normalize(), List.copyOf(bands));
  }

  /** Returns the tiles of the table, in its order. */
  public List<TileRecord> tiles() {
    return rows.tiles();
  }

  @Override
  public Tile fetch(TileRef tile, TileParts parts) {
    requireOpen();
    if (Thread.currentThread().isInterrupted()) {
      throw new EarthEmbedException(table + ": interrupted while reading " + tile);
    }
    if (!tile.shard().equals(address)) {
      Path other = FileRanges.path(requireFile(tile.shard()));
      if (!other.toAbsolutePath().normalize().equals(table)) {
        throw new EarthEmbedException(other + " is not the table of this store, which is " + table);
      }
    }
    TileRecord record = rows.tile(tile.rowGroup());
    return bands.read(rows.file(tile.rowGroup()), tile, record, parts);
  }

  private static URI requireFile(URI shard) {
    if ("file".equalsIgnoreCase(shard.getScheme())) return shard;
    throw new IllegalArgumentException("not a local table: " + Addresses.redacted(shard));
  }

  @Override
  public CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts) {
    requireOpen();
    try {
      return TaskFuture.start(tasks, () -> fetch(tile, parts));
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the store is closed", e);
    }
  }

  @Override
  public Outcomes fetchEach(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
    requireOpen();
    return FetchRun.ofEach(
        tasks, 2 * parallelism, tiles, tile -> fetchUnlessClosed(tile, parts), progress);
  }

  private Tile fetchUnlessClosed(TileRef tile, TileParts parts) {
    try {
      return fetch(tile, parts);
    } catch (RuntimeException failure) {
      throw Tasks.orClosed(failure, closed.get());
    }
  }

  /** Returns the counters; each picture that was read is a request. */
  @Override
  public FetchStats stats() {
    return counters.read();
  }

  private void requireOpen() {
    if (closed.get()) throw new IllegalStateException("the store is closed");
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) return;
    tasks.close();
    // Queued tasks still begin: each finds the store closed, and its future fails.
    threads.shutdown();
  }
}
