package io.earthembed.parquet;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.FetchStats;
import io.earthembed.ImageryStore;
import io.earthembed.Tile;
import io.earthembed.TileParts;
import io.earthembed.catalog.TileRecord;
import io.earthembed.catalog.TileRef;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Band;
import io.earthembed.image.ImageFiles;
import io.earthembed.image.Raster;
import io.earthembed.parquet.internal.ColumnValues;
import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.FileRanges;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.HttpRanges;
import io.earthembed.parquet.internal.RangeSource;
import io.earthembed.parquet.internal.ValueReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads single tiles out of Parquet shards, over HTTP or from files. A tile of a shard seen for the
 * first time costs two requests, the footer and the pixels; any other tile of it one, of the bytes
 * of the columns asked for. Product, cell and time come from the footer's statistics where they are
 * there, and are read with the pixels elsewhere.
 *
 * <p>Footers are kept for the last {@value #FOOTERS} shards. Where a shard has changed since its
 * footer was read, the footer is read again, once.
 */
public final class ParquetImageryStore implements ImageryStore {
  private static final int FOOTERS = 256;

  private static final List<String> IDENTITY =
      List.of(ShardWriter.PRODUCT, ShardWriter.CELL, ShardWriter.TIME);

  /** Ranges closer than this are read as one. */
  private static final int MAX_GAP = 1 << 20;

  private final StoreOptions options;
  private final HttpClient client;
  private final ExecutorService pool;
  private final Counters counters = new Counters();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** How many bytes of a shard's end are asked for, by the folder that the shard is in. */
  private final Map<URI, Integer> footerSizes = new ConcurrentHashMap<>();

  private final Map<URI, Shard> shards =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, Shard> eldest) {
          return size() > FOOTERS;
        }
      };

  /**
   * A shard and its footer, once it is known. The lock keeps threads from reading the same footer
   * twice.
   */
  private static final class Shard {
    final URI dataset;
    final RangeSource source;
    @Nullable Footer footer;

    Shard(URI url, RangeSource source) {
      dataset = url.resolve(".");
      this.source = source;
    }
  }

  private ParquetImageryStore(StoreOptions options) {
    this.options = options;
    AtomicInteger number = new AtomicInteger();
    pool =
        Executors.newFixedThreadPool(
            options.parallelism(),
            work -> {
              Thread thread = new Thread(work, "earth-embed-fetch-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(
                Duration.ofSeconds(Math.min(10, Math.max(1, options.timeout().toSeconds()))))
            .build();
  }

  /** A store with {@link StoreOptions#DEFAULT}. */
  public static ParquetImageryStore open() {
    return open(StoreOptions.DEFAULT);
  }

  /** A store with these options. */
  public static ParquetImageryStore open(StoreOptions options) {
    return new ParquetImageryStore(options);
  }

  @Override
  public Tile fetch(TileRef tile, TileParts parts) {
    requireOpen();
    return withFooter(tile.shard(), (source, footer) -> fetch(tile, parts, source, footer));
  }

  private interface Reader<T> {
    T read(RangeSource source, Footer footer);
  }

  private <T> T withFooter(URI url, Reader<T> reader) {
    Shard shard;
    synchronized (shards) {
      shard = shards.computeIfAbsent(url, u -> new Shard(u, source(u)));
    }
    try {
      return reader.read(shard.source, footer(shard));
    } catch (RangeSource.FileChangedException changed) {
      synchronized (shard) {
        shard.footer = null;
      }
      try {
        return reader.read(shard.source, footer(shard));
      } catch (RangeSource.FileChangedException again) {
        throw new EarthEmbedException(
            shard.source.name() + " keeps changing while it is read", again);
      }
    }
  }

  private RangeSource source(URI url) {
    String scheme = String.valueOf(url.getScheme());
    switch (scheme) {
      case "http", "https" -> {
        return new HttpRanges(client, url, counters, options.timeout(), options.attempts());
      }
      case "file" -> {
        return new FileRanges(Path.of(url), counters);
      }
      default -> throw new IllegalArgumentException("not an http, https or file URL: " + url);
    }
  }

  private Footer footer(Shard shard) {
    synchronized (shard) {
      Footer footer = shard.footer;
      if (footer != null) {
        counters.footerHits.increment();
        return footer;
      }
      footer =
          Footer.read(shard.source, footerSizes.getOrDefault(shard.dataset, options.tailGuess()));
      // A dataset's shards are alike: a third more than the largest footer holds the next one's.
      int enough =
          (int) Math.min(Integer.MAX_VALUE, Math.max(1 << 16, (footer.length() + 8L) * 4 / 3));
      footerSizes.merge(shard.dataset, enough, Math::max);
      shard.footer = footer;
      return footer;
    }
  }

  private Tile fetch(TileRef ref, TileParts parts, RangeSource source, Footer footer) {
    Group group = group(ref, footer);
    List<Chunk> wanted = new ArrayList<>();
    Map<String, String> known = identity(group, ref, wanted);
    for (Band band : parts.bands()) wanted.add(require(group, band.name(), ref));
    if (parts.thumbnail()) wanted.add(require(group, ShardWriter.THUMBNAIL, ref));
    Map<String, byte[]> values = read(source, footer, wanted);
    complete(known, values);
    String label = ref.rowGroup() + " of " + footer.name();
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : parts.bands()) {
      bands.put(
          band, GeoTiff.read(present(values, band.name(), label), band + " of row group " + label));
    }
    Raster thumbnail =
        parts.thumbnail()
            ? ImageFiles.decode(
                present(values, ShardWriter.THUMBNAIL, label), "thumbnail of row group " + label)
            : null;
    return new Tile(
        ref,
        cell(text(known, ShardWriter.CELL, footer, label), footer),
        text(known, ShardWriter.PRODUCT, footer, label),
        Timestamps.parse(text(known, ShardWriter.TIME, footer, label), footer.name()),
        bands,
        thumbnail);
  }

  /**
   * What the footer tells of a tile's product, cell and time; chunks that must be read for the rest
   * are added.
   */
  private static Map<String, String> identity(Group group, TileRef ref, List<Chunk> wanted) {
    Map<String, String> known = new HashMap<>();
    for (String name : IDENTITY) {
      Chunk chunk = require(group, name, ref);
      String only = chunk.only();
      if (only == null) wanted.add(chunk);
      else known.put(name, only);
    }
    return known;
  }

  private static void complete(Map<String, String> known, Map<String, byte[]> values) {
    for (String name : IDENTITY) {
      byte[] value = values.get(name);
      if (value != null) known.put(name, new String(value, StandardCharsets.UTF_8));
    }
  }

  private static Group group(TileRef ref, Footer footer) {
    if (ref.rowGroup() >= footer.rowGroups().size()) {
      throw new IllegalArgumentException(
          "rowGroup "
              + ref.rowGroup()
              + " of "
              + footer.name()
              + ", which has "
              + footer.rowGroups().size());
    }
    Group group = footer.rowGroups().get(ref.rowGroup());
    if (group.rows() != 1) {
      throw new CorruptDataException(
          footer.name(),
          -1,
          "row group " + ref.rowGroup() + " has " + group.rows() + " rows, not one tile");
    }
    return group;
  }

  private static Chunk require(Group group, String column, TileRef ref) {
    Chunk chunk = group.chunks().get(column);
    if (chunk == null) {
      throw new IllegalArgumentException("no column " + column + " in " + ref.shard().getPath());
    }
    return chunk;
  }

  private static byte[] present(Map<String, byte[]> values, String column, String label) {
    byte[] value = values.get(column);
    if (value == null) throw new EarthEmbedException("row group " + label + " has no " + column);
    return value;
  }

  private static String text(
      Map<String, String> known, String column, Footer footer, String label) {
    String value = known.get(column);
    if (value == null) {
      throw new CorruptDataException(footer.name(), -1, "row group " + label + " has no " + column);
    }
    return value;
  }

  private static GridCell cell(String name, Footer footer) {
    try {
      return GridCell.parse(name);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(footer.name(), -1, String.valueOf(e.getMessage()), e);
    }
  }

  /** Reads chunks of one row in as few ranges as their gaps allow; null values are left out. */
  private Map<String, byte[]> read(RangeSource source, Footer footer, List<Chunk> wanted) {
    List<Chunk> sorted = new ArrayList<>(wanted);
    sorted.sort(Comparator.comparingLong(Chunk::offset));
    Map<String, byte[]> values = new HashMap<>();
    for (int from = 0; from < sorted.size(); ) {
      long start = sorted.get(from).offset();
      long end = start + sorted.get(from).size();
      int to = from + 1;
      while (to < sorted.size()
          && sorted.get(to).offset() - end <= MAX_GAP
          && sorted.get(to).offset() + sorted.get(to).size() - start < Integer.MAX_VALUE) {
        end = Math.max(end, sorted.get(to).offset() + sorted.get(to).size());
        to++;
      }
      ByteBuffer bytes = source.read(footer.tail(), start, (int) (end - start));
      for (Chunk chunk : sorted.subList(from, to)) {
        counters.bytesWanted.add(chunk.size());
        ByteBuffer part = bytes.slice((int) (chunk.offset() - start), chunk.size());
        List<@Nullable ByteBuffer> items =
            ColumnValues.decode(footer.name(), chunk, part).binaries();
        ByteBuffer item = items.isEmpty() ? null : items.get(0);
        if (item == null) continue;
        byte[] value = new byte[item.remaining()];
        item.get(item.position(), value);
        values.put(chunk.column().name(), value);
      }
      from = to;
    }
    return values;
  }

  /**
   * What a shard holds, without its pixels: from the footer's statistics where they name each row,
   * otherwise by reading the small columns. A tile's centre is read where the shard has it, and is
   * its grid cell's otherwise.
   *
   * @param shard its URL
   * @return one record for each row group, in order
   */
  public List<TileRecord> list(URI shard) {
    requireOpen();
    return withFooter(
        shard,
        (source, footer) -> {
          List<Supplier<TileRecord>> rows = new ArrayList<>();
          for (int i = 0; i < footer.rowGroups().size(); i++) {
            TileRef ref = new TileRef(shard, i);
            rows.add(() -> describe(ref, source, footer));
          }
          List<TileRecord> records = new ArrayList<>();
          for (Result<TileRecord> result : inParallel(rows)) records.add(result.orThrow());
          return records;
        });
  }

  private TileRecord describe(TileRef ref, RangeSource source, Footer footer) {
    Group group = group(ref, footer);
    List<Chunk> wanted = new ArrayList<>();
    Map<String, String> known = identity(group, ref, wanted);
    complete(known, read(source, footer, wanted));
    String label = ref.rowGroup() + " of " + footer.name();
    GridCell cell = cell(text(known, ShardWriter.CELL, footer, label), footer);
    String product = text(known, ShardWriter.PRODUCT, footer, label);
    return new TileRecord(
        product + "@" + cell,
        cell,
        product,
        Timestamps.parse(text(known, ShardWriter.TIME, footer, label), footer.name()),
        centre(group, cell, source, footer),
        Float.NaN,
        ref);
  }

  private static GeoPoint centre(Group group, GridCell cell, RangeSource source, Footer footer) {
    Chunk latitude = group.chunks().get(ShardWriter.LATITUDE);
    Chunk longitude = group.chunks().get(ShardWriter.LONGITUDE);
    if (latitude != null && longitude != null) {
      double lat = number(footer, latitude, source);
      double lon = number(footer, longitude, source);
      if (lat >= -90 && lat <= 90 && Double.isFinite(lon)) return new GeoPoint(lat, lon);
    }
    if (!MajorTomGrid.CORE.contains(cell)) {
      throw new CorruptDataException(footer.name(), -1, "the 10 km grid has no cell " + cell);
    }
    return MajorTomGrid.CORE.centreOf(cell);
  }

  private static double number(Footer footer, Chunk chunk, RangeSource source) {
    String only = chunk.only();
    if (only != null) return Double.parseDouble(only);
    ByteBuffer bytes = source.read(footer.tail(), chunk.offset(), chunk.size());
    double[] numbers = ValueReader.of(footer.name(), chunk, bytes).numbers();
    return numbers.length == 0 ? Double.NaN : numbers[0];
  }

  @Override
  public List<Outcome> fetchAll(List<TileRef> tiles, TileParts parts) {
    requireOpen();
    List<Supplier<Tile>> reads = new ArrayList<>();
    for (TileRef tile : tiles) reads.add(() -> fetch(tile, parts));
    List<Outcome> outcomes = new ArrayList<>();
    List<Result<Tile>> results = inParallel(reads);
    for (int i = 0; i < tiles.size(); i++) {
      outcomes.add(new Outcome(tiles.get(i), results.get(i).value, results.get(i).failure));
    }
    return outcomes;
  }

  private static final class Result<T> {
    @Nullable T value;
    @Nullable RuntimeException failure;

    T orThrow() {
      if (value != null) return value;
      throw failure == null ? new IllegalStateException("no result") : failure;
    }
  }

  private <T> List<Result<T>> inParallel(List<Supplier<T>> work) {
    List<Future<T>> futures = new ArrayList<>();
    for (Supplier<T> item : work) futures.add(pool.submit(item::get));
    List<Result<T>> results = new ArrayList<>();
    for (Future<T> future : futures) {
      Result<T> result = new Result<>();
      try {
        result.value = future.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RuntimeException))
          throw new EarthEmbedException("a read failed", e.getCause());
        result.failure = (RuntimeException) e.getCause();
      } catch (InterruptedException e) {
        futures.forEach(f -> f.cancel(true));
        Thread.currentThread().interrupt();
        throw new EarthEmbedException("interrupted while reading tiles", e);
      }
      results.add(result);
    }
    return results;
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
    pool.shutdownNow();
  }
}
