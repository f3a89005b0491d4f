package io.earthembed.raster;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.image.TiffImage;
import io.earthembed.base.image.TiffImage.Window;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.RangeSource.FileChangedException;
import io.earthembed.base.thread.FetchRun;
import io.earthembed.base.thread.LimitedExecutor;
import io.earthembed.base.thread.TaskFuture;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Utm;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.TrueColor;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import io.earthembed.internal.Checks;
import io.earthembed.stac.StacAsset;
import io.earthembed.stac.StacClient;
import io.earthembed.stac.StacItem;
import io.earthembed.stac.StacSearch;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
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

  /** Rows and columns of MajorTOM's thumbnails. */
  private static final int THUMBNAIL = 1068;

  /** MajorTOM's class of each class of the scene classification. */
  private static final Map<Integer, Integer> CLOUD_CLASSES = Map.of(3, 3, 8, 1, 9, 1, 10, 2);

  private final Builder settings;
  private final StacClient client;
  private final Counters counters = new Counters();
  private final RasterFiles files;
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
        product(best),
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

  private static String product(StacItem item) {
    for (String key : List.of("earthembed:product_id", "s2:product_uri")) {
      if (item.properties().get(key) instanceof String text) return text.replace(".SAFE", "");
    }
    return item.id();
  }

  @Override
  public Tile fetch(TileRef tile, TileParts parts) {
    requireOpen();
    try {
      URI document = TileWindow.withoutFragment(tile.shard());
      for (int attempt = 1; ; attempt++) {
        StacItem item = item(document, tile.rowGroup());
        try {
          return read(tile, new SentinelItem(item), TileWindow.of(tile.shard()), parts);
        } catch (FileChangedException changed) {
          if (attempt == settings.attempts) throw changed;
          item.assets().values().forEach(asset -> files.forget(asset.href()));
        }
      }
    } catch (RuntimeException failure) {
      throw orClosed(failure);
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

  private Tile read(TileRef ref, SentinelItem scene, @Nullable TileWindow window, TileParts parts) {
    StacItem item = scene.item();
    Set<Band> needed = EnumSet.noneOf(Band.class);
    needed.addAll(parts.bands());
    StacAsset picture = parts.thumbnail() ? scene.picture() : null;
    if (parts.thumbnail() && picture == null) {
      needed.addAll(TileParts.TRUE_COLOR.bands());
    }
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : needed) {
      StacAsset asset = scene.asset(band);
      bands.put(
          band, numbers(read(asset, window, 1, Integer.MAX_VALUE), scene.offset(asset), asset));
    }
    Raster thumbnail = null;
    if (picture != null) {
      thumbnail = read(picture, window, 3, THUMBNAIL);
    } else if (parts.thumbnail()) {
      thumbnail = TrueColor.compose(of(bands, Band.B04), of(bands, Band.B03), of(bands, Band.B02));
    }
    Raster mask = null;
    if (parts.cloudMask()) {
      StacAsset classes = scene.classification();
      if (classes == null) {
        throw new EarthEmbedException("item " + item.id() + " has no GeoTIFF of SCL");
      }
      mask = mask(read(classes, window, 1, Integer.MAX_VALUE), classes);
    }
    bands.keySet().retainAll(parts.bands());
    return new Tile(
        ref, cell(item, window), product(item), item.datetime(), bands, thumbnail, mask);
  }

  private static Raster of(Map<Band, Raster> bands, Band band) {
    return Objects.requireNonNull(bands.get(band));
  }

  private static GridCell cell(StacItem item, @Nullable TileWindow window) {
    if (window != null) return MajorTomGrid.CORE.cellOf(window.center());
    if (item.properties().get("earthembed:grid_cell") instanceof String name) {
      return GridCell.parse(name);
    }
    return item.tile(MajorTomGrid.CORE).cell();
  }

  /** Undoes the offset. */
  private static Raster numbers(Raster raster, int offset, StacAsset asset) {
    if (raster.type() != SampleType.UINT16 && raster.type() != SampleType.UINT8) {
      throw new EarthEmbedException(
          Addresses.redacted(asset.href()) + " has samples of " + raster.type() + ", not UINT16");
    }
    if (offset == 0) return raster;
    Raster numbers = Raster.allocate(raster.height(), raster.width(), 1, SampleType.UINT16);
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        float value = raster.get(y, x, 0);
        numbers.set(y, x, 0, value == 0 ? 0 : Math.max(1, Math.min(65_535, value + offset)));
      }
    }
    return numbers.withReference(raster.reference());
  }

  private static Raster mask(Raster classes, StacAsset asset) {
    if (classes.type() != SampleType.UINT8) {
      throw new EarthEmbedException(
          Addresses.redacted(asset.href()) + " has samples of " + classes.type() + ", not UINT8");
    }
    Raster mask = Raster.allocate(classes.height(), classes.width(), 1, SampleType.UINT8);
    for (int y = 0; y < classes.height(); y++) {
      for (int x = 0; x < classes.width(); x++) {
        mask.set(y, x, 0, CLOUD_CLASSES.getOrDefault((int) classes.get(y, x, 0), 0));
      }
    }
    return mask.withReference(classes.reference());
  }

  /**
   * Reads a window of a file. Pixels outside it are 0.
   *
   * @param side about how many rows and columns suffice: an overview is read if it has as many
   */
  private Raster read(StacAsset asset, @Nullable TileWindow window, int bands, int side) {
    Cog cog = files.cog(asset.href());
    TiffImage image = cog.image();
    if (image.bands() < bands) {
      throw cog.unsupported("has " + image.bands() + " bands, not " + bands);
    }
    GeoTiff.Grid grid = cog.grid();
    GeoReference place = grid.reference();
    int[] chosen = new int[bands];
    for (int i = 0; i < bands; i++) chosen[i] = i;
    if (window == null) {
      TiffImage whole = cog.overview(Math.max(image.height(), image.width()) / (double) side);
      Window all = new Window(0, 0, whole.height(), whole.width(), chosen);
      return cog.read(whole, all).withReference(place == null ? null : scaled(place, image, whole));
    }
    if (place == null) {
      throw cog.unsupported("has no location with north up in a projected system in metres");
    }
    Utm zone;
    try {
      zone = Utm.ofEpsg(place.epsg());
    } catch (IllegalArgumentException e) {
      throw cog.unsupported("is in EPSG:" + place.epsg() + ", not in a UTM zone of WGS 84");
    }
    double[] bounds;
    try {
      bounds = window.bounds(zone);
    } catch (IllegalArgumentException e) {
      throw cog.unsupported("is in " + zone + ", far from the window around " + window.center());
    }
    TiffImage scaled = cog.overview(window.meters() / place.pixelSize() / side);
    return read(cog, scaled, scaled(place, image, scaled), bounds, chosen, window);
  }

  private static GeoReference scaled(GeoReference place, TiffImage image, TiffImage overview) {
    double size = place.pixelSize() * image.width() / overview.width();
    return new GeoReference(place.epsg(), place.west(), place.north(), size);
  }

  private static Raster read(
      Cog cog,
      TiffImage image,
      GeoReference place,
      double[] bounds,
      int[] bands,
      TileWindow window) {
    double size = place.pixelSize();
    int column = (int) Math.round((bounds[0] - place.west()) / size);
    int row = (int) Math.round((place.north() - bounds[3]) / size);
    int side = (int) Math.max(1, Math.round(window.meters() / size));
    int top = Math.max(0, row);
    int left = Math.max(0, column);
    int bottom = Math.min(image.height(), row + side);
    int right = Math.min(image.width(), column + side);
    if (top >= bottom || left >= right) {
      throw cog.unsupported("has no pixel of the window around " + window.center());
    }
    Raster part = cog.read(image, new Window(top, left, bottom - top, right - left, bands));
    GeoReference shifted = place.shifted(row, column);
    if (part.height() == side && part.width() == side) return part.withReference(shifted);
    Raster whole = Raster.allocate(side, side, bands.length, image.type());
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        for (int b = 0; b < bands.length; b++) {
          whole.set(y - row, x - column, b, part.get(y - top, x - left, b));
        }
      }
    }
    return whole.withReference(shifted);
  }

  /** Returns a failure, or another exception if it is only the consequence of {@link #close}. */
  private RuntimeException orClosed(RuntimeException failure) {
    boolean itself =
        failure instanceof IllegalArgumentException
            || (failure instanceof IllegalStateException
                && !(failure instanceof CancellationException))
            || failure instanceof CorruptDataException;
    return (itself && !(failure instanceof RejectedExecutionException)) || !closed.get()
        ? failure
        : new IllegalStateException("the store was closed", failure);
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
    List<FetchRun.Work> work = new ArrayList<>();
    for (TileRef tile : tiles) {
      work.add(
          new FetchRun.Work(
              List.of(tile),
              () ->
                  new FetchRun.Done(
                      List.of(new Outcome(tile, fetch(tile, parts), null)), List.of())));
    }
    return new FetchRun(tasks, 2 * settings.parallelism, work, tiles.size(), progress);
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
