package io.earthembed.parquet;

import io.earthembed.base.http.HttpReplies;
import io.earthembed.base.thread.Processors;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.parquet.ColumnRanges.Identity;
import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.RangeSource;
import io.earthembed.parquet.internal.ValueReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Reads the columns of tiles, in few ranges, and makes pictures of them. */
final class TileReader {
  /** Ranges closer than this are read as one: less than what a round trip is worth. */
  private static final int MAX_GAP = 1 << 20;

  /**
   * Many threads read, to hide latency, but no more decode than there are processors: more would be
   * no faster, and would keep processors from an encoder that needs some of them.
   */
  private static final Semaphore DECODERS =
      new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  private final Counters counters;
  private final @Nullable DiskCache cache;

  /** Reads the second and further ranges of a tile, so that they cost no further round trip. */
  private final ExecutorService ranges;

  TileReader(Counters counters, @Nullable DiskCache cache, ExecutorService ranges) {
    this.counters = counters;
    this.cache = cache;
    this.ranges = ranges;
  }

  /** A chunk of one of the tiles. */
  private record Piece(int tile, Chunk chunk) {
    long end() {
      return chunk.offset() + chunk.size();
    }
  }

  /** Pieces that are read at once. */
  private record Range(long start, long end, List<Piece> pieces) {}

  /**
   * The values of tiles of one shard in one state, by column and as they are stored; null values
   * are left out.
   */
  List<Map<String, byte[]>> read(RangeSource source, List<TileLayout> tiles) {
    List<Map<String, byte[]>> values = new ArrayList<>();
    List<Piece> missing = new ArrayList<>();
    for (TileLayout tile : tiles) {
      Map<String, byte[]> found = new HashMap<>();
      for (Chunk chunk : tile.chunks()) {
        byte[] kept = kept(source, tile, chunk);
        if (kept == null) missing.add(new Piece(values.size(), chunk));
        else found.put(chunk.column().name(), kept);
      }
      values.add(found);
    }
    if (missing.isEmpty()) return values;
    List<Range> plan = plan(missing);
    List<Future<ByteBuffer>> others = new ArrayList<>();
    for (Range range : plan.subList(1, plan.size())) {
      others.add(ranges.submit(() -> read(source, tiles.get(0), range)));
    }
    try {
      take(plan.get(0), read(source, tiles.get(0), plan.get(0)), source, tiles, values);
      for (int i = 0; i < others.size(); i++) {
        take(
            plan.get(i + 1),
            Tasks.await(others.get(i), "reading " + source.name()),
            source,
            tiles,
            values);
      }
    } finally {
      for (Future<ByteBuffer> other : others) other.cancel(true);
    }
    return values;
  }

  private static ByteBuffer read(RangeSource source, TileLayout tile, Range range) {
    return source.read(tile.version(), range.start(), (int) (range.end() - range.start()));
  }

  private static List<Range> plan(List<Piece> pieces) {
    pieces.sort(Comparator.comparingLong(p -> p.chunk().offset()));
    List<Range> plan = new ArrayList<>();
    for (int from = 0; from < pieces.size(); ) {
      long start = pieces.get(from).chunk().offset();
      long end = pieces.get(from).end();
      int to = from + 1;
      while (to < pieces.size()
          && pieces.get(to).chunk().offset() - end <= MAX_GAP
          && pieces.get(to).end() - start < Integer.MAX_VALUE - 8) {
        end = Math.max(end, pieces.get(to++).end());
      }
      plan.add(new Range(start, end, pieces.subList(from, to)));
      from = to;
    }
    return plan;
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
      keep(source, tiles.get(piece.tile()), chunk, value);
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

  private byte @Nullable [] kept(RangeSource source, TileLayout tile, Chunk chunk) {
    String key = key(source, tile, chunk);
    if (cache == null || key == null) return null;
    byte[] kept = cache.get(key);
    if (kept != null) counters.cacheHits.increment();
    return kept;
  }

  private void keep(RangeSource source, TileLayout tile, Chunk chunk, byte[] value) {
    String key = key(source, tile, chunk);
    if (cache != null && key != null) cache.put(key, value);
  }

  /** Null where it could not be told whether the shard is still the same. */
  private static @Nullable String key(RangeSource source, TileLayout tile, Chunk chunk) {
    if (source.local() || !HttpReplies.isStrong(tile.version().etag())) return null;
    return "column "
        + String.join(
            " ",
            tile.version().etag(),
            String.valueOf(tile.version().length()),
            String.valueOf(tile.ref().rowGroup()),
            chunk.column().name(),
            source.identity());
  }

  /**
   * Makes a tile of its values.
   *
   * @throws EarthEmbedException if a wanted column is empty
   * @throws CorruptDataException if one cannot be decoded
   */
  static Tile decode(TileLayout tile, TileParts parts, Map<String, byte[]> values) {
    try {
      DECODERS.acquire();
    } catch (InterruptedException e) {
      throw Tasks.interrupted(tile.name() + ": interrupted while reading", e);
    }
    try {
      return decoded(tile, parts, values);
    } finally {
      DECODERS.release();
    }
  }

  private static Tile decoded(TileLayout tile, TileParts parts, Map<String, byte[]> values) {
    String label = "row group " + tile.ref().rowGroup() + " of " + tile.name();
    // By several threads: decoding three bands takes as long as a round trip.
    List<Band> wanted = List.copyOf(parts.bands());
    Raster[] rasters = new Raster[wanted.size()];
    Processors.forEach(
        rasters.length,
        i -> {
          Band band = wanted.get(i);
          rasters[i] = GeoTiff.read(present(values, band.name(), label), band + " of " + label);
        });
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (int i = 0; i < rasters.length; i++) bands.put(wanted.get(i), rasters[i]);
    Identity identity = identity(tile, values);
    return new Tile(
        tile.ref(),
        identity.cell(),
        identity.productId(),
        identity.timestamp(),
        bands,
        parts.thumbnail()
            ? thumbnail(present(values, ShardWriter.THUMBNAIL, label), "thumbnail of " + label)
            : null,
        parts.cloudMask()
            ? GeoTiff.read(present(values, ShardWriter.CLOUD_MASK, label), "cloud_mask of " + label)
            : null);
  }

  /** The dataset is at fault if its picture is none, not the caller. */
  private static Raster thumbnail(byte[] bytes, String label) {
    try {
      return ImageFiles.decode(bytes, label);
    } catch (InvalidInputException e) {
      throw new CorruptDataException(e.source(), e.offset(), e.problem(), e);
    }
  }

  /** Which tile it is, from its layout or from what was read. */
  static Identity identity(TileLayout tile, Map<String, byte[]> values) {
    Identity known = tile.identity();
    if (known != null) return known;
    Map<String, String> texts = new HashMap<>();
    for (String column : TileLayout.IDENTITY) {
      byte[] value = values.get(column);
      if (value != null) texts.put(column, new String(value, StandardCharsets.UTF_8));
    }
    return TileLayout.identity(texts, tile.ref(), tile.name());
  }

  private static byte[] present(Map<String, byte[]> values, String column, String label) {
    byte[] value = values.get(column);
    if (value == null) throw new EarthEmbedException(label + " has no " + column);
    return value;
  }
}
