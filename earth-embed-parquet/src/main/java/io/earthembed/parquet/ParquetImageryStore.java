package io.earthembed.parquet;

import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.common.RangeReadException;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.FetchRun.Done;
import io.earthembed.parquet.FetchRun.Work;
import io.earthembed.parquet.Shards.Shard;
import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.RangeSource;
import io.earthembed.parquet.internal.RangeSource.FileChangedException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads single tiles out of Parquet shards, over HTTP or from files. A tile of a shard seen for the
 * first time costs two requests, the footer and the pixels; any other tile of it one, of the bytes
 * of the columns asked for. Where the reference knows the byte ranges, see {@link MetadataIndex},
 * the first costs one as well. Product, cell and time come from the index or from the footer's
 * statistics, and are read with the pixels elsewhere.
 *
 * <p>The last 256 footers are kept in memory; they and the columns read are kept on disk where
 * {@link StoreOptions#withCache} says so. Every read makes sure, by the shard's ETag and length,
 * that the shard is the one whose footer or index is known; where it has changed, the footer is
 * read again. What comes from the disk cache alone is as old as the footer that led to it.
 *
 * <p>Safe for many threads, which share its connections, footers and {@link
 * StoreOptions#parallelism}.
 */
public final class ParquetImageryStore implements ImageryStore {
  /** Tiles of one shard that lie close together are read at once, up to so many bytes. */
  private static final int BATCH_BYTES = 8 << 20;

  /** Close: further apart, two requests at the same time are better than what lies between. */
  private static final int BATCH_GAP = 1 << 16;

  /** And no more than so many, so that their decoding is divided among threads. */
  private static final int BATCH_TILES = 16;

  private final StoreOptions options;
  private final Sources sources;
  private final ExecutorService pool;
  private final ExecutorService ranges;
  private final Counters counters = new Counters();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Shards shards;
  private final TileReader reader;

  private ParquetImageryStore(StoreOptions options, ShardAccess access) {
    this.options = options;
    pool =
        Executors.newFixedThreadPool(
            options.parallelism(), DaemonThreads.numbered("earth-embed-fetch-"));
    ranges = Executors.newCachedThreadPool(DaemonThreads.numbered("earth-embed-range-"));
    sources = new Sources(options, access, counters);
    Path folder = options.cache();
    DiskCache cache = folder == null ? null : new DiskCache(folder, options.cacheBytes());
    shards = new Shards(options.tailGuess(), options.attempts(), sources::open, counters, cache);
    reader = new TileReader(counters, cache, ranges);
  }

  /** A store with {@link StoreOptions#DEFAULT}. */
  public static ParquetImageryStore open() {
    return open(StoreOptions.DEFAULT);
  }

  /** A store with these options. */
  public static ParquetImageryStore open(StoreOptions options) {
    return open(options, ShardAccess.DIRECT);
  }

  /**
   * A store that reads shards elsewhere than their URLs say, or with a token.
   *
   * @param access such as {@link ShardAccess#of} a hub
   */
  public static ParquetImageryStore open(StoreOptions options, ShardAccess access) {
    return new ParquetImageryStore(options, access);
  }

  @Override
  public Tile fetch(TileRef tile, TileParts parts) {
    requireOpen();
    return read(
        tile,
        TileLayout.columns(parts),
        (layout, values) -> TileReader.decode(layout, parts, values));
  }

  /**
   * Columns of one tile as they are stored, such as B02 as GeoTIFF or the thumbnail as PNG: to be
   * kept or sent on without being decoded.
   *
   * @param tile where it is
   * @param columns any of the shard's columns of texts or bytes, also in Hugging Face's structs of
   *     bytes and path; of {@code timestamp}, times are given as texts of ISO 8601
   * @return the bytes of each by name, without those that are null
   * @throws EarthEmbedException if a column holds something else, and as {@link #fetch} does
   */
  public Map<String, byte[]> fetchStored(TileRef tile, Collection<String> columns) {
    requireOpen();
    return read(
        tile,
        columns,
        (layout, values) -> {
          Map<String, byte[]> wanted = new LinkedHashMap<>();
          for (String column : columns) {
            byte[] value = values.get(column);
            if (value != null) wanted.put(column, value);
          }
          return wanted;
        });
  }

  private interface Use<T> {
    T of(TileLayout layout, Map<String, byte[]> values);
  }

  private <T> T read(TileRef tile, Collection<String> columns, Use<T> use) {
    try {
      return readOpen(tile, columns, use);
    } catch (RuntimeException failure) {
      throw told(failure);
    } catch (Error failure) {
      throw lost(tile, failure);
    }
  }

  /** Memory that is short for one tile is no reason to lose the others, or their reader. */
  private static EarthEmbedException lost(TileRef tile, Error failure) {
    return new EarthEmbedException(tile + " could not be read: " + failure, failure);
  }

  /** Where close has ended a read, its threads and pools gone, the caller hears that. */
  private RuntimeException told(RuntimeException failure) {
    boolean itself =
        failure instanceof IllegalArgumentException
            || failure instanceof IllegalStateException
                && !(failure instanceof CancellationException)
            || failure instanceof CorruptDataException;
    return itself || !closed.get()
        ? failure
        : new IllegalStateException("the store was closed", failure);
  }

  private <T> T readOpen(TileRef tile, Collection<String> columns, Use<T> use) {
    Shard shard = shards.of(tile.shard());
    RangeSource source = shard.source();
    TileLayout indexed = TileLayout.of(tile, source.name(), columns);
    if (indexed != null) {
      try {
        return use.of(indexed, reader.read(source, List.of(indexed)).get(0));
      } catch (FileChangedException newer) {
        // The footer knows where the columns are now, and which tile it is.
      }
    }
    return shard.withFooter(
        footer -> {
          TileLayout layout = TileLayout.of(tile, footer, columns);
          Map<String, byte[]> values = reader.read(source, List.of(layout)).get(0);
          requireExpected(tile, layout, values);
          return use.of(layout, values);
        });
  }

  /** A shard that is newer than the index may have another tile in that place. */
  private static void requireExpected(TileRef tile, TileLayout layout, Map<String, byte[]> values) {
    ColumnRanges bytes = ColumnRanges.of(tile);
    if (bytes == null || bytes.identity() == null) return;
    ColumnRanges.Identity found = TileReader.identity(layout, values);
    if (found.equals(bytes.identity())) return;
    throw new CorruptDataException(
        layout.name(),
        -1,
        "row group "
            + tile.rowGroup()
            + " holds "
            + found
            + ", not "
            + bytes.identity()
            + " as the index says");
  }

  @Override
  public CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts) {
    requireOpen();
    TileFuture future = new TileFuture();
    FutureTask<Tile> task =
        new FutureTask<>(() -> fetch(tile, parts)) {
          @Override
          protected void done() {
            future.settle(this);
          }
        };
    future.task = task;
    try {
      pool.execute(task);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the store is closed", e);
    }
    return future;
  }

  /** Ends the reading when it is cancelled. */
  private static final class TileFuture extends CompletableFuture<Tile> {
    private volatile @Nullable Future<Tile> task;

    void settle(Future<Tile> done) {
      try {
        complete(done.get());
      } catch (ExecutionException e) {
        completeExceptionally(e.getCause());
      } catch (CancellationException e) {
        // By this future's own cancel, which has settled it, or by the store's close.
        completeExceptionally(new IllegalStateException("the store was closed", e));
      } catch (InterruptedException e) {
        // It is done: there was nothing to wait for.
        completeExceptionally(e);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      Future<Tile> reading = task;
      if (reading != null) reading.cancel(true);
      return cancelled;
    }
  }

  @Override
  public Outcomes fetchEach(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
    requireOpen();
    Map<URI, List<TileRef>> byShard = new LinkedHashMap<>();
    for (TileRef tile : tiles) {
      byShard.computeIfAbsent(tile.shard(), s -> new ArrayList<>()).add(tile);
    }
    List<Work> work = new ArrayList<>();
    byShard.forEach((url, some) -> work.add(work(some, () -> plan(url, some, parts))));
    return new FetchRun(pool, 2 * options.parallelism(), work, tiles.size(), progress);
  }

  private Work work(List<TileRef> tiles, Supplier<Done> action) {
    return new Work(
        tiles,
        () -> {
          try {
            return action.get();
          } catch (RuntimeException failure) {
            throw told(failure);
          }
        });
  }

  /** Divides tiles of one shard into those that are read at once. */
  private Done plan(URI url, List<TileRef> tiles, TileParts parts) {
    Shard shard = shards.of(url);
    List<String> columns = TileLayout.columns(parts);
    List<Outcome> failed = new ArrayList<>();
    List<TileLayout> layouts = new ArrayList<>();
    for (TileRef tile : tiles) {
      try {
        TileLayout indexed = TileLayout.of(tile, shard.source().name(), columns);
        layouts.add(
            indexed != null
                ? indexed
                : shard.withFooter(footer -> TileLayout.of(tile, footer, columns)));
      } catch (CorruptDataException | IllegalArgumentException e) {
        failed.add(new Outcome(tile, null, e));
      }
    }
    layouts.sort(Comparator.comparingLong(TileLayout::start));
    List<Work> work = new ArrayList<>();
    for (int from = 0; from < layouts.size(); ) {
      int to = from + 1;
      while (to < layouts.size() && joins(layouts, from, to)) to++;
      List<TileLayout> batch = layouts.subList(from, to);
      work.add(
          work(
              batch.stream().map(TileLayout::ref).toList(),
              () -> new Done(read(shard, batch, parts), List.of())));
      from = to;
    }
    return new Done(failed, work);
  }

  private static boolean joins(List<TileLayout> layouts, int from, int to) {
    TileLayout first = layouts.get(from);
    TileLayout next = layouts.get(to);
    return to - from < BATCH_TILES
        && next.start() - layouts.get(to - 1).end() <= BATCH_GAP
        && next.end() - first.start() <= BATCH_BYTES
        && next.sameState(first);
  }

  private List<Outcome> read(Shard shard, List<TileLayout> batch, TileParts parts) {
    List<Map<String, byte[]>> values;
    try {
      values = reader.read(shard.source(), batch);
    } catch (EarthEmbedException | Error together) {
      // What was wrong with one of them must not cost the others.
      if (Thread.currentThread().isInterrupted()) throw together;
      TileRef first = batch.get(0).ref();
      if (batch.size() == 1 && together instanceof RangeReadException one) {
        return List.of(new Outcome(first, null, told(one)));
      }
      if (batch.size() == 1 && together instanceof Error one) {
        return List.of(new Outcome(first, null, lost(first, one)));
      }
      return outcomes(batch, i -> fetch(batch.get(i).ref(), parts));
    }
    return outcomes(
        batch,
        i -> {
          requireExpected(batch.get(i).ref(), batch.get(i), values.get(i));
          return TileReader.decode(batch.get(i), parts, values.get(i));
        });
  }

  private static List<Outcome> outcomes(List<TileLayout> batch, Function<Integer, Tile> tile) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      TileRef ref = batch.get(i).ref();
      try {
        outcomes.add(new Outcome(ref, tile.apply(i), null));
      } catch (RuntimeException e) {
        outcomes.add(new Outcome(ref, null, e));
      } catch (Error e) {
        outcomes.add(new Outcome(ref, null, lost(ref, e)));
      }
    }
    return outcomes;
  }

  /**
   * What a shard holds, without its pixels: from the footer's statistics where they name each row,
   * otherwise by reading the small columns. A tile's centre is read where the shard has it, and is
   * its grid cell's otherwise.
   *
   * @param shard its URL
   * @return one record for each row group that has a row, in order
   */
  public List<TileRecord> list(URI shard) {
    requireOpen();
    try {
      Shard known = shards.of(shard);
      return known.withFooter(footer -> list(shard, known.source(), footer));
    } catch (RuntimeException failure) {
      throw told(failure);
    }
  }

  private List<TileRecord> list(URI shard, RangeSource source, Footer footer) {
    List<Future<TileRecord>> futures = new ArrayList<>();
    for (int i = 0; i < footer.rowGroups().size(); i++) {
      if (footer.rowGroups().get(i).rows() == 0) continue;
      TileRef ref = new TileRef(shard, i);
      futures.add(pool.submit(() -> ShardListing.describe(ref, source, footer, reader)));
    }
    List<TileRecord> records = new ArrayList<>();
    try {
      for (Future<TileRecord> future : futures) {
        records.add(Tasks.await(future, "listing " + source.name()));
      }
      return records;
    } finally {
      for (Future<TileRecord> future : futures) future.cancel(true);
    }
  }

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
    sources.close();
    ranges.shutdownNow();
    for (Runnable waiting : pool.shutdownNow()) {
      // So that whoever waits for it hears of it.
      if (waiting instanceof Future<?> task) task.cancel(false);
    }
  }
}
