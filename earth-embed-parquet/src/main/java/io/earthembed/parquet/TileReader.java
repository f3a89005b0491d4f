package io.earthembed.parquet;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.ReadPlan.Piece;
import io.earthembed.parquet.ReadPlan.Range;
import io.earthembed.parquet.Shards.Shard;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.ValueReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the columns of tiles in few ranges. Safe for many threads. */
final class TileReader {
  private final Counters counters;
  private final @Nullable DiskCache cache;

  /**
   * The threads that read the second and further ranges of a batch at once, without further round
   * trips.
   */
  private final ExecutorService threads;

  TileReader(Counters counters, @Nullable DiskCache cache, ExecutorService threads) {
    this.counters = counters;
    this.cache = cache;
    this.threads = threads;
  }

  /** Converts the values of a tile's columns (see {@link #values}). */
  interface Use<T> {
    T of(TileLayout layout, Map<String, byte[]> values);
  }

  /** The result for a tile, or the reason that it could not be read. */
  record Result<T>(TileRef tile, @Nullable T value, @Nullable RuntimeException failure) {
    /** Returns the value, or throws the failure. */
    T orThrow() {
      if (failure != null) throw failure;
      return Objects.requireNonNull(value);
    }

    /** Returns an action's result for a tile, or its failure. */
    static <T> Result<T> of(TileRef tile, Supplier<T> action) {
      try {
        return new Result<>(tile, action.get(), null);
      } catch (RuntimeException e) {
        return new Result<>(tile, null, e);
      } catch (Error e) {
        // Running out of memory for one tile must not fail the others, or end the thread.
        String problem = tile + " could not be read: " + e;
        return new Result<>(tile, null, new EarthEmbedException(problem, e));
      }
    }
  }

  /**
   * Reads the tiles of a batch, which is one tile or one of {@link ReadPlan#batches}. A failure
   * affects only its own tile.
   *
   * @return one result per tile, in order
   */
  <T> List<Result<T>> read(Shard shard, List<TileLayout> batch, Use<T> use) {
    if (batch.size() > 1) {
      try {
        return readTogether(shard.source(), batch, use);
      } catch (EarthEmbedException | Error oneOfThem) {
        if (Thread.currentThread().isInterrupted()) throw oneOfThem;
      }
    }
    List<Result<T>> results = new ArrayList<>();
    for (TileLayout tile : batch) {
      results.add(Result.of(tile.ref(), () -> shard.withLayout(tile, t -> read(shard, t, use))));
    }
    return results;
  }

  private <T> List<Result<T>> readTogether(RangeSource source, List<TileLayout> batch, Use<T> use) {
    List<Map<String, byte[]>> values = values(source, batch);
    List<Result<T>> results = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      TileLayout tile = batch.get(i);
      Map<String, byte[]> some = values.get(i);
      results.add(Result.of(tile.ref(), () -> use(tile, some, use)));
    }
    return results;
  }

  private <T> T read(Shard shard, TileLayout tile, Use<T> use) {
    return use(tile, values(shard.source(), List.of(tile)).get(0), use);
  }

  private static <T> T use(TileLayout tile, Map<String, byte[]> values, Use<T> use) {
    TileDecoder.requireIndexed(tile, values);
    return use.of(tile, values);
  }

  /**
   * Reads the columns of tiles of one version of a shard.
   *
   * @return the stored values of each tile by column, without nulls
   */
  List<Map<String, byte[]>> values(RangeSource source, List<TileLayout> tiles) {
    List<Map<String, byte[]>> values = new ArrayList<>();
    List<Piece> missing = new ArrayList<>();
    for (TileLayout tile : tiles) {
      Map<String, byte[]> found = new HashMap<>();
      for (Chunk chunk : tile.chunks()) {
        byte[] cached = cached(source, tile, chunk);
        if (cached == null) missing.add(new Piece(values.size(), chunk));
        else found.put(chunk.column().name(), cached);
      }
      values.add(found);
    }
    if (missing.isEmpty()) return values;
    List<Range> ranges = ReadPlan.ranges(missing);
    List<Future<ByteBuffer>> others = new ArrayList<>();
    for (Range range : ranges.subList(1, ranges.size())) {
      others.add(threads.submit(() -> read(source, tiles, range)));
    }
    try {
      take(ranges.get(0), read(source, tiles, ranges.get(0)), source, tiles, values);
      for (int i = 0; i < others.size(); i++) {
        ByteBuffer bytes = Tasks.await(others.get(i), "reading " + source.name());
        take(ranges.get(i + 1), bytes, source, tiles, values);
      }
    } finally {
      for (Future<ByteBuffer> other : others) other.cancel(true);
    }
    return values;
  }

  private static ByteBuffer read(RangeSource source, List<TileLayout> tiles, Range range) {
    return source.read(tiles.get(0).version(), range.start(), range.length());
  }

  private void take(
      Range range,
      ByteBuffer bytes,
      RangeSource source,
      List<TileLayout> tiles,
      List<Map<String, byte[]>> values) {
    for (Piece piece : range.pieces()) {
      Chunk chunk = piece.chunk();
      counters.bytesWanted.add(chunk.size());
      ByteBuffer part = bytes.slice((int) (chunk.offset() - range.start()), chunk.size());
      byte[] value = value(ValueReader.of(source.name(), chunk, part));
      if (value == null) continue;
      cache(source, tiles.get(piece.tile()), chunk, value);
      values.get(piece.tile()).put(chunk.column().name(), value);
    }
  }

  private static byte @Nullable [] value(ValueReader column) {
    if (TileLayout.IDENTITY.contains(column.column().name())) {
      String text = TileLayout.text(column);
      return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
    List<byte @Nullable []> values = column.binaries();
    return values.isEmpty() ? null : values.get(0);
  }

  private byte @Nullable [] cached(RangeSource source, TileLayout tile, Chunk chunk) {
    if (cache == null || !CacheKey.isCacheable(source, tile.version())) return null;
    byte[] cached = cache.get(key(source, tile, chunk));
    if (cached != null) counters.cacheHits.increment();
    return cached;
  }

  private void cache(RangeSource source, TileLayout tile, Chunk chunk, byte[] value) {
    if (cache == null || !CacheKey.isCacheable(source, tile.version())) return;
    cache.put(key(source, tile, chunk), value);
  }

  private static CacheKey key(RangeSource source, TileLayout tile, Chunk chunk) {
    return CacheKey.column(source, tile.version(), tile.ref().rowGroup(), chunk.column().name());
  }
}
