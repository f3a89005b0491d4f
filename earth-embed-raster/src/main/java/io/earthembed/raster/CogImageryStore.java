package io.earthembed.raster;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.RangeSource.FileChangedException;
import io.earthembed.base.thread.FetchRun;
import io.earthembed.base.thread.LimitedExecutor;
import io.earthembed.base.thread.TaskFuture;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Utm;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import io.earthembed.internal.Checks;
import io.earthembed.stac.StacClient;
import io.earthembed.stac.StacItem;
import io.earthembed.stac.StacSearch;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads tiles out of Sentinel-2 L2A scenes that are published as STAC items with one
 * cloud-optimized GeoTIFF per band, so that the hits of any dataset have pictures. {@link #locate}
 * finds the scene of a tile by place and date; {@link #fetch} reads its window by HTTP range.
 *
 * <p>A reference names a document with STAC items and the item's number in it; its fragment {@code
 * #latitude,longitude,meters} names a square of the scene, whose edges are moved to multiples of 60
 * m. Without a fragment the tile is the whole scene. Pixels outside the scene are 0.
 *
 * <p>Bands are digital numbers (reflectance x 10,000), UINT16, each in its own resolution. The
 * offset that items state, or that processing baseline 04.00 introduced, is undone: 0 stays missing
 * data, and smaller numbers than 1 become 1. Some items of Earth Search state it wrongly (its
 * issues 66 and 71). The thumbnail is the asset {@code visual}, or an overview of it with about
 * 1,068 columns if it is larger, or else composed of B04, B03 and B02; the cloud mask is the scene
 * classification in MajorTOM's classes. The product is the item's {@code earthembed:product_id},
 * {@code s2:product_uri} or id; the cell is the item's {@code earthembed:grid_cell} or that of the
 * window's centre. Scenes must be in a UTM zone.
 *
 * <p>Safe for many threads. Headers of the last 256 files and items of the last 256 documents are
 * kept in memory.
 */
public final class CogImageryStore implements ImageryStore {
  private static final int MOST_DOCUMENTS = 256;

  private final Builder settings;
  private final StacClient client;
  private final Counters counters = new Counters();
  private final RasterFiles files;
  private final SentinelTiles tiles;
  private final LimitedExecutor tasks;
  private final AtomicBoolean closed = new AtomicBoolean();

  private final Map<URI, List<StacItem>> documents = // guarded by itself
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, List<StacItem>> eldest) {
          return size() > MOST_DOCUMENTS;
        }
      };

  private CogImageryStore(Builder settings) {
    this.settings = settings;
    client = settings.client;
    files = new RasterFiles(settings.timeout, settings.attempts, settings.hosts, counters);
    tiles = new SentinelTiles(files);
    tasks = new LimitedExecutor(files.threads(), settings.parallelism);
  }

  /**
   * Opens a store with the defaults.
   *
   * @param client searches scenes, and reads the documents of references
   * @param collection the scenes' collection, such as {@code sentinel-2-l2a}
   */
  public static CogImageryStore open(StacClient client, String collection) {
    return builder(client, collection).build();
  }

  /** Returns a builder of a store; see {@link #open}. */
  public static Builder builder(StacClient client, String collection) {
    return new Builder(client, collection);
  }

  /**
   * Finds the scene of a tile: of the items that contain its centre, those nearest in time come
   * first, by whole days; then those whose box contains the whole window; then those with the
   * fewest clouds.
   *
   * @param tile a tile of known time, of any dataset
   * @param meters side of the square around its centre, a multiple of 60 up to 200,000
   * @return the tile with the scene's product, time and cloud cover, and a reference that this
   *     store reads
   * @throws EarthEmbedException if there is no scene within {@link Builder#days}, or the search
   *     fails
   * @throws IllegalArgumentException if the time of the tile is unknown
   * @throws IllegalStateException after {@link #close}
   */
  public TileRecord locate(TileRecord tile, int meters) {
    requireOpen();
    Instant time = tile.timestamp();
    if (time == null) {
      throw new IllegalArgumentException("the time of tile " + tile.id() + " is unknown");
    }
    TileWindow window = new TileWindow(tile.center(), meters);
    Duration around = Duration.ofDays(settings.days);
    GeoPoint center = tile.center();
    StacSearch search =
        StacSearch.of(settings.collection)
            .in(
                new BoundingBox(
                    center.longitude(), center.latitude(), center.longitude(), center.latitude()))
            .between(time.minus(around), time.plus(around));
    StacItem best =
        client
            .search(search)
            .filter(item -> item.self() != null && item.datetime() != null)
            .min(
                Comparator.comparingLong((StacItem item) -> days(item, time))
                    .thenComparing(item -> !contains(item, window))
                    .thenComparingDouble(CogImageryStore::clouds)
                    .thenComparing(StacItem::id))
            .orElseThrow(
                () ->
                    new EarthEmbedException(
                        client
                            + " has no scene of "
                            + settings.collection
                            + " at "
                            + center
                            + " within "
                            + settings.days
                            + " days of "
                            + time));
    TileRef ref = new TileRef(window.in(best.tileRef().shard()), 0);
    synchronized (documents) {
      documents.put(TileWindow.withoutFragment(ref.shard()), List.of(best));
    }
    double clouds = best.number("eo:cloud_cover");
    return new TileRecord(
        tile.id(),
        MajorTomGrid.CORE.cellOf(center),
        new SentinelItem(best).product(),
        best.datetime(),
        center,
        clouds >= 0 && clouds <= 100 ? (float) clouds : Float.NaN,
        ref);
  }

  private static long days(StacItem item, Instant time) {
    Instant other = item.datetime();
    return other == null ? Long.MAX_VALUE : Duration.between(time, other).abs().toDays();
  }

  private static double clouds(StacItem item) {
    double clouds = item.number("eo:cloud_cover");
    return Double.isNaN(clouds) ? 100 : clouds;
  }

  private static boolean contains(StacItem item, TileWindow window) {
    BoundingBox box = item.bbox();
    if (box == null || Math.abs(window.center().latitude()) > 84) return false;
    Utm zone = Utm.of(window.center());
    double[] bounds = window.bounds(zone);
    for (double x : new double[] {bounds[0], bounds[2]}) {
      for (double y : new double[] {bounds[1], bounds[3]}) {
        if (!box.contains(zone.unproject(x, y))) return false;
      }
    }
    return true;
  }

  @Override
  public Tile fetch(TileRef tile, TileParts parts) {
    requireOpen();
    try {
      URI document = TileWindow.withoutFragment(tile.shard());
      for (int attempt = 1; ; attempt++) {
        StacItem item = item(document, tile.rowGroup());
        try {
          return tiles.read(tile, new SentinelItem(item), TileWindow.of(tile.shard()), parts);
        } catch (FileChangedException changed) {
          if (attempt == settings.attempts) throw changed;
          item.assets().values().forEach(asset -> files.forget(asset.href()));
        }
      }
    } catch (RuntimeException failure) {
      throw Tasks.orClosed(failure, closed.get());
    }
  }

  private StacItem item(URI document, int number) {
    List<StacItem> items;
    synchronized (documents) {
      items = documents.get(document);
    }
    if (items == null) {
      if (!files.allows(document)) {
        throw new EarthEmbedException(
            Addresses.redacted(document) + ": its host may not be read from");
      }
      items = client.items(document);
      synchronized (documents) {
        documents.put(document, items);
      }
    }
    if (number >= items.size()) {
      throw new IllegalArgumentException(
          Addresses.redacted(document) + " has " + items.size() + " items, no item " + number);
    }
    return items.get(number);
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
        tasks, 2 * settings.parallelism, tiles, tile -> fetch(tile, parts), progress);
  }

  /** Returns the counters of the reads of GeoTIFFs; the documents of STAC are not counted. */
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
    files.close();
  }

  /** Builds stores. Not safe for several threads at once. */
  public static final class Builder implements Cloneable {
    private final StacClient client;
    private final String collection;
    private int parallelism = 8;
    private int days = 10;
    private int attempts = 5;
    private Duration timeout = Duration.ofSeconds(20);
    private @Nullable Set<String> hosts;

    private Builder(StacClient client, String collection) {
      this.client = client;
      this.collection = collection;
    }

    /** Sets the number of tiles read at once, at least 1 (default 8). */
    public Builder parallelism(int tiles) {
      Checks.positive("parallelism", tiles);
      parallelism = tiles;
      return this;
    }

    /** Sets by how many days a scene may be earlier or later than its tile (default 10). */
    public Builder days(int count) {
      Checks.notNegative("days", count);
      days = count;
      return this;
    }

    /** Sets how often a request is sent at most, at least 1 (default 5). */
    public Builder attempts(int count) {
      Checks.positive("attempts", count);
      attempts = count;
      return this;
    }

    /** Sets how long a server may be silent (default 20 s). */
    public Builder timeout(Duration limit) {
      Checks.positive("timeout", limit);
      timeout = limit;
      return this;
    }

    /**
     * Restricts the documents and files that are read to some hosts, also after redirects of files,
     * and to no local files (default: all hosts, and local files). Use it for references of others.
     *
     * @param hosts names or addresses as in URLs, without a port, in any spelling
     */
    public Builder onlyFrom(Set<String> hosts) {
      this.hosts = Set.copyOf(hosts);
      return this;
    }

    /** Returns the store. */
    public CogImageryStore build() {
      try {
        return new CogImageryStore((Builder) clone());
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
