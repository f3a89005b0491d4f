package io.earthembed.parquet;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.thread.FetchRun;
import io.earthembed.base.thread.FetchRun.Done;
import io.earthembed.base.thread.FetchRun.Work;
import io.earthembed.base.thread.LimitedExecutor;
import io.earthembed.base.thread.TaskFuture;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.Shards.Shard;
import io.earthembed.parquet.TileReader.Result;
import io.earthembed.parquet.TileReader.Use;
import io.earthembed.parquet.internal.Footer;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Reads single tiles out of Parquet shards, over HTTP or from files. The first tile of a shard
 * costs two requests, for the footer and the pixels; each further tile costs one, for the bytes of
 * the requested columns. If the tile's reference carries the byte ranges, see {@link
 * MetadataIndex}, the first tile costs one request as well. Product, cell and time come from the
 * index or the footer's statistics; if neither has them, they are read with the pixels.
 *
 * <p>A tile is read in three steps: its layout is resolved, from its reference or the shard's
 * footer; the columns are read, in few ranges; and their values are decoded. One tile takes the
 * same steps as a batch of several tiles that lie together.
 *
 * <p>The store keeps the last 256 footers in memory. It keeps them and the columns that it has read
 * on disk if {@link StoreOptions.Builder#cache} sets a folder. Every read compares the shard's ETag
 * and length with those of the footer or index; if the shard has changed, the store reads the
 * footer again. A read that the disk cache answers alone is as old as the footer that led to it.
 *
 * <p>Safe for many threads, which share its connections, footers and {@link
 * StoreOptions#parallelism}.
 */
public final class ParquetImageryStore implements ImageryStore {
  private final StoreOptions options;
  private final Sources sources;
  private final LimitedExecutor tasks;
  private final Counters counters = new Counters();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Shards shards;
  private final TileReader reader;

  private ParquetImageryStore(StoreOptions options, ShardAccess access) {
    this.options = options;
    sources = new Sources(options, access, counters);
    tasks = new LimitedExecutor(sources.threads(), options.parallelism());
    DiskCache cache =
        options
            .cacheFolder()
            .map(folder -> new DiskCache(folder, options.cacheBytes()))
            .orElse(null);
    shards = new Shards(options.tailGuess(), options.attempts(), sources::open, counters, cache);
    reader = new TileReader(counters, cache, sources.threads());
  }

  /** Opens a store with {@link StoreOptions#defaults}. */
  public static ParquetImageryStore open() {
    return open(StoreOptions.defaults());
  }

  /** Opens a store with these options. */
  public static ParquetImageryStore open(StoreOptions options) {
    return open(options, ShardAccess.DIRECT);
  }

  /**
   * Opens a store that reads shards from other addresses than their URLs, or with a token.
   *
   * @param access for example {@link ShardAccess#of} a hub
   */
  public static ParquetImageryStore open(StoreOptions options, ShardAccess access) {
    return new ParquetImageryStore(options, access);
  }

  @Override
  public Tile fetch(TileRef tile, TileParts parts) {
    return read(tile, TileLayout.columns(parts), decoding(parts));
  }

  private static Use<Tile> decoding(TileParts parts) {
    return (layout, values) -> TileDecoder.decode(layout, parts, values);
  }

  /**
   * Returns stored columns of one tile without decoding them, for example B02 as GeoTIFF or the
   * thumbnail as PNG, to keep or forward them.
   *
   * @param tile the tile's shard and row group
   * @param columns any of the shard's columns of texts or bytes, also in Hugging Face's structs of
   *     bytes and path; times of {@code timestamp} become texts in ISO 8601
   * @return the bytes of each column by name, without nulls
   * @throws EarthEmbedException if a column has another type, or for the reasons of {@link #fetch}
   */
  public Map<String, byte[]> fetchStored(TileRef tile, Collection<String> columns) {
    return read(
        tile,
        List.copyOf(columns),
        (layout, values) -> {
          Map<String, byte[]> wanted = new LinkedHashMap<>();
          for (String column : layout.columns()) {
            byte[] value = values.get(column);
            if (value != null) wanted.put(column, value);
          }
          return wanted;
        });
  }

  private <T> T read(TileRef tile, List<String> columns, Use<T> use) {
    requireOpen();
    Result<T> result =
        Result.of(
            tile,
            () -> {
              Shard shard = shards.of(tile.shard());
              TileLayout layout = shard.resolve(tile, columns);
              return reader.read(shard, List.of(layout), use).get(0).orThrow();
            });
    RuntimeException failure = result.failure();
    if (failure != null) throw Tasks.orClosed(failure, closed.get());
    return result.orThrow();
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
    Map<URI, List<TileRef>> byShard = new LinkedHashMap<>();
    for (TileRef tile : tiles) {
      byShard.computeIfAbsent(tile.shard(), s -> new ArrayList<>()).add(tile);
    }
    List<Work> work = new ArrayList<>();
    byShard.forEach((url, some) -> work.add(work(some, () -> resolve(url, some, parts))));
    return new FetchRun(tasks, 2 * options.parallelism(), work, tiles.size(), progress);
  }

  private Work work(List<TileRef> tiles, Supplier<Done> action) {
    return new Work(
        tiles,
        () -> {
          try {
            return action.get();
          } catch (RuntimeException failure) {
            throw Tasks.orClosed(failure, closed.get());
          }
        });
  }

  /** Resolves the layouts of a shard's tiles, and returns work that reads them in batches. */
  private Done resolve(URI url, List<TileRef> tiles, TileParts parts) {
    Shard shard = shards.of(url);
    List<String> columns = TileLayout.columns(parts);
    List<Outcome> failed = new ArrayList<>();
    List<TileLayout> layouts = new ArrayList<>();
    for (TileRef tile : tiles) {
      try {
        layouts.add(shard.resolve(tile, columns));
      } catch (CorruptDataException | IllegalArgumentException e) {
        failed.add(new Outcome(tile, null, e));
      }
    }
    List<Work> work = new ArrayList<>();
    for (List<TileLayout> batch : ReadPlan.batches(layouts)) {
      List<TileRef> some = batch.stream().map(TileLayout::ref).toList();
      work.add(work(some, () -> new Done(read(shard, batch, parts), List.of())));
    }
    return new Done(failed, work);
  }

  private List<Outcome> read(Shard shard, List<TileLayout> batch, TileParts parts) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Result<Tile> result : reader.read(shard, batch, decoding(parts))) {
      RuntimeException failure = result.failure();
      outcomes.add(
          new Outcome(
              result.tile(),
              result.value(),
              failure == null ? null : Tasks.orClosed(failure, closed.get())));
    }
    return outcomes;
  }

  /**
   * Lists the tiles of a shard without reading pixels: from the footer's statistics if they have
   * each row's values, otherwise from the small columns. The centre of a tile is the stored one, or
   * else its grid cell's.
   *
   * @param shard its URL
   * @return one record per row group with a row, in order
   */
  public List<TileRecord> list(URI shard) {
    return list(shard, List.of());
  }

  /**
   * Lists the tiles of a shard as {@link #list(URI)} does, with references that carry the byte
   * ranges of some columns as {@link ColumnRanges}. A store, this or another, then reads these
   * columns without the footer.
   *
   * @param shard its URL
   * @param columns names of columns; those that the shard lacks, or does not store as flat bytes,
   *     are left out
   */
  public List<TileRecord> list(URI shard, Collection<String> columns) {
    requireOpen();
    List<String> ranges = List.copyOf(columns);
    try {
      Shard known = shards.of(shard);
      return known.withFooter(footer -> list(shard, known.source(), footer, ranges));
    } catch (RuntimeException failure) {
      throw Tasks.orClosed(failure, closed.get());
    }
  }

  private List<TileRecord> list(URI shard, RangeSource source, Footer footer, List<String> ranges) {
    List<Future<TileRecord>> futures = new ArrayList<>();
    for (int i = 0; i < footer.rowGroups().size(); i++) {
      if (footer.rowGroups().get(i).rows() == 0) continue;
      TileRef ref = new TileRef(shard, i);
      FutureTask<TileRecord> task =
          new FutureTask<>(() -> ShardListing.describe(ref, source, footer, reader, ranges));
      futures.add(task);
      tasks.execute(task);
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
    tasks.close();
    sources.close();
  }
}
