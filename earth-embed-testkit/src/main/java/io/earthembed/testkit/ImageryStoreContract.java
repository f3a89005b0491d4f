package io.earthembed.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of every {@link ImageryStore}. JUnit creates an instance per test, which one thread
 * uses.
 */
public abstract class ImageryStoreContract {
  /** The number of tiles in the suite's shard. */
  protected static final int TILES = 12;

  /** A folder for the shard. */
  @TempDir protected Path folder;

  private final List<ImageryStore> opened = new ArrayList<>();

  /**
   * The contents of a row of a shard.
   *
   * @param cell its Major TOM grid cell
   * @param productId the product it was cut from
   * @param timestamp sensing time, UTC
   * @param center its centre, WGS 84
   * @param bands all twelve bands, each h x w x 1 UINT16 with its georeference
   * @param thumbnail h x w x 3 UINT8
   * @param cloudMask h x w x 1 UINT8
   */
  public record Source(
      GridCell cell,
      String productId,
      Instant timestamp,
      GeoPoint center,
      Map<Band, Raster> bands,
      Raster thumbnail,
      Raster cloudMask) {}

  /** Creates a store; the suite closes it. */
  protected abstract ImageryStore create();

  /** Publishes a shard with one of these tiles per row group, and returns its URL. */
  protected abstract URI publish(List<Source> tiles);

  /**
   * Returns a tile as the store keeps it (default: as it is). A store of pictures, for example, has
   * all bands at one resolution.
   */
  protected Source kept(Source tile) {
    return tile;
  }

  /**
   * Returns whether the store has masks of clouds (default true); otherwise it must refuse them.
   */
  protected boolean hasCloudMasks() {
    return true;
  }

  /** Returns a URL of the same kind under which there is no shard. */
  protected abstract URI missing();

  /**
   * Returns the tile in a row of the suite's shard: a small landscape, which depends only on the
   * row.
   */
  public static Source tile(int row) {
    LandscapeKind kind = LandscapeKind.values()[row % LandscapeKind.values().length];
    Landscape landscape = Landscape.generate(kind, row, 48);
    GeoReference place = new GeoReference(32633, 500_000 + 10_000 * row, 5_000_000, 10);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : Band.values()) {
      bands.put(
          band,
          landscape
              .band(band)
              .withReference(
                  new GeoReference(place.epsg(), place.west(), place.north(), band.meters())));
    }
    return new Source(
        new GridCell(500 + row, 15 - row),
        "S2X_TEST_" + row,
        Instant.parse("2024-05-01T10:20:30Z").plusSeconds(86_400L * row),
        new GeoPoint(45, 15 + row / 10.0),
        bands,
        landscape.trueColor(),
        cloudMask(row).withReference(place));
  }

  private static Raster cloudMask(int row) {
    Raster mask = Raster.allocate(48, 48, 1, SampleType.UINT8);
    for (int y = 0; y < 48; y++) {
      for (int x = 0; x < 48; x++) mask.set(y, x, 0, (x * y + row) % 4);
    }
    return mask;
  }

  private URI shard() {
    List<Source> tiles = new ArrayList<>();
    for (int row = 0; row < TILES; row++) tiles.add(tile(row));
    return publish(tiles);
  }

  private ImageryStore open() {
    ImageryStore store = create();
    opened.add(store);
    return store;
  }

  @AfterEach
  void closeStores() {
    opened.forEach(ImageryStore::close);
  }

  /** Fails unless both have the same pixels. */
  public static void assertSamePixels(Raster expected, Raster actual, String what) {
    assertEquals(expected.toString(), actual.toString(), what);
    assertEquals(expected.data(), actual.data(), what);
  }

  @Test
  void readsEveryBandAsItWasWritten() {
    ImageryStore store = open();
    URI shard = shard();
    for (int row : new int[] {0, 5, TILES - 1}) {
      Source expected = kept(tile(row));
      Tile tile = store.fetch(new TileRef(shard, row), TileParts.ALL_BANDS);
      assertEquals(expected.cell(), tile.cell());
      assertEquals(expected.productId(), tile.productId());
      assertEquals(expected.timestamp(), tile.timestamp());
      assertEquals(Band.values().length, tile.bands().size());
      assertNull(tile.thumbnail());
      for (Band band : Band.values()) {
        Raster written = Objects.requireNonNull(expected.bands().get(band));
        assertSamePixels(written, tile.band(band), row + " " + band);
        assertEquals(written.reference(), tile.band(band).reference());
      }
    }
  }

  @Test
  void readsOnlyWhatIsAskedFor() {
    ImageryStore store = open();
    TileRef ref = new TileRef(shard(), 3);
    Tile picture = store.fetch(ref, TileParts.THUMBNAIL);
    assertTrue(picture.bands().isEmpty());
    Raster thumbnail = picture.thumbnail();
    assertNotNull(thumbnail);
    if (thumbnail != null) assertSamePixels(kept(tile(3)).thumbnail(), thumbnail, "thumbnail");
    Tile color = store.fetch(ref, TileParts.TRUE_COLOR);
    assertEquals(3, color.bands().size());
    assertSamePixels(tile(3).thumbnail(), color.trueColor(), "true color");
    assertThrows(IllegalArgumentException.class, () -> color.band(Band.B08));
  }

  @Test
  void readsTheMaskOfClouds() {
    ImageryStore store = open();
    TileRef ref = new TileRef(shard(), 2);
    TileParts parts = TileParts.bands(Band.B01).withCloudMask();
    if (!hasCloudMasks()) {
      assertThrows(IllegalArgumentException.class, () -> store.fetch(ref, parts));
      return;
    }
    Raster expected = kept(tile(2)).cloudMask();
    Tile tile = store.fetch(ref, parts);
    Raster mask = tile.cloudMask();
    assertNotNull(mask);
    if (mask == null) return;
    assertSamePixels(expected, mask, "cloud mask");
    assertEquals(expected.reference(), mask.reference());
    assertEquals(Set.of(Band.B01), tile.bands().keySet());
    assertNull(tile.thumbnail());
  }

  @Test
  void readsOneLater() throws Exception {
    ImageryStore store = open();
    URI shard = shard();
    CompletableFuture<Tile> first = store.fetchAsync(new TileRef(shard, 1), TileParts.THUMBNAIL);
    CompletableFuture<Tile> none = store.fetchAsync(new TileRef(shard, 99), TileParts.THUMBNAIL);
    assertEquals("S2X_TEST_1", first.get(300, TimeUnit.SECONDS).productId());
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> none.get(300, TimeUnit.SECONDS));
    assertTrue(failure.getCause() instanceof IllegalArgumentException, failure.toString());
  }

  @Test
  void givesTilesAsTheyCome() {
    ImageryStore store = open();
    URI shard = shard();
    List<TileRef> refs = new ArrayList<>();
    for (int row = 0; row < TILES; row++) refs.add(new TileRef(shard, row));
    refs.add(new TileRef(shard, 3)); // once more
    refs.add(new TileRef(missing(), 0));
    refs.add(new TileRef(shard, TILES));
    List<Long> told = new ArrayList<>();
    List<TileRef> had = new ArrayList<>();
    int failures = 0;
    try (ImageryStore.Outcomes outcomes =
        store.fetchEach(refs, TileParts.THUMBNAIL, (task, done, total) -> told.add(done))) {
      while (outcomes.hasNext()) {
        ImageryStore.Outcome outcome = outcomes.next();
        had.add(outcome.source());
        Tile tile = outcome.tile();
        if (tile == null) failures++;
        else assertEquals("S2X_TEST_" + outcome.source().rowGroup(), tile.productId());
      }
      assertThrows(NoSuchElementException.class, outcomes::next);
    }
    assertEquals(2, failures);
    assertEquals(refs.size(), told.size());
    assertEquals(refs.size(), told.get(told.size() - 1));
    Comparator<TileRef> order = Comparator.comparing(TileRef::toString);
    assertEquals(refs.stream().sorted(order).toList(), had.stream().sorted(order).toList());
  }

  @Test
  void stopsReadingWhatNobodyTakes() {
    ImageryStore store = open();
    URI shard = shard();
    List<TileRef> refs = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) refs.add(new TileRef(shard, i % TILES));
    ImageryStore.Outcomes outcomes =
        store.fetchEach(refs, TileParts.ALL_BANDS, ProgressListener.NONE);
    assertTrue(outcomes.next().tile() != null);
    outcomes.close();
    outcomes.close();
    assertFalse(outcomes.hasNext());
    assertEquals("S2X_TEST_5", store.fetch(refs.get(5), TileParts.THUMBNAIL).productId());
  }

  @Test
  void tellsWhoWaitsThatItWasClosed() {
    ImageryStore store = open();
    URI shard = shard();
    List<TileRef> refs = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) refs.add(new TileRef(shard, i % TILES));
    try (ImageryStore.Outcomes outcomes =
        store.fetchEach(refs, TileParts.ALL_BANDS, ProgressListener.NONE)) {
      outcomes.next();
      store.close();
      int failures = 0;
      for (int i = 1; i < refs.size(); i++) if (outcomes.next().tile() == null) failures++;
      assertTrue(failures > 0, "none failed");
    }
  }

  @Test
  void readsManyInOrderAndLosesNoneToAFailure() {
    ImageryStore store = open();
    URI shard = shard();
    List<TileRef> refs = new ArrayList<>();
    for (int row = TILES - 1; row >= 0; row--) refs.add(new TileRef(shard, row));
    refs.add(4, new TileRef(missing(), 0));
    List<ImageryStore.Outcome> outcomes = store.fetchAll(refs, TileParts.TRUE_COLOR);
    assertEquals(refs.size(), outcomes.size());
    for (int i = 0; i < refs.size(); i++) {
      assertEquals(refs.get(i), outcomes.get(i).source());
      if (i == 4) {
        assertTrue(outcomes.get(i).failure() instanceof EarthEmbedException);
        assertThrows(EarthEmbedException.class, outcomes.get(i)::orThrow);
      } else {
        assertEquals("S2X_TEST_" + refs.get(i).rowGroup(), outcomes.get(i).orThrow().productId());
      }
    }
    assertTrue(store.fetchAll(List.of(), TileParts.THUMBNAIL).isEmpty());
  }

  @Test
  void countsWhatItCosts() {
    ImageryStore store = open();
    URI shard = shard();
    store.fetch(new TileRef(shard, 0), TileParts.TRUE_COLOR);
    FetchStats first = store.stats();
    assertTrue(first.requests() >= 1);
    assertTrue(first.bytesRead() >= first.bytesWanted());
    store.fetch(new TileRef(shard, 1), TileParts.TRUE_COLOR);
    FetchStats second = store.stats().since(first);
    assertTrue(second.footerHits() <= 1); // none in a store without footers
    assertTrue(second.bytesWanted() > 0);
    assertTrue(second.bytesRead() <= first.bytesRead());
  }

  @Test
  void namesWhatIsMissing() {
    ImageryStore store = open();
    URI shard = shard();
    IllegalArgumentException row =
        assertThrows(
            IllegalArgumentException.class,
            () -> store.fetch(new TileRef(shard, TILES), TileParts.THUMBNAIL));
    assertTrue(String.valueOf(row.getMessage()).contains("" + TILES), row.toString());
    EarthEmbedException none =
        assertThrows(
            EarthEmbedException.class,
            () -> store.fetch(new TileRef(missing(), 0), TileParts.THUMBNAIL));
    String path = missing().getPath();
    assertTrue(none.getMessage().contains(path.substring(path.lastIndexOf('/'))), none.toString());
    assertThrows(
        IllegalArgumentException.class,
        () -> store.fetch(new TileRef(URI.create("gopher://x/y"), 0), TileParts.THUMBNAIL));
  }

  @Test
  void endsWhenItsThreadIsInterrupted() {
    ImageryStore store = open();
    List<TileRef> refs = List.of(new TileRef(shard(), 0));
    Thread.currentThread().interrupt();
    assertThrows(EarthEmbedException.class, () -> store.fetchAll(refs, TileParts.TRUE_COLOR));
    assertTrue(Thread.interrupted(), "the interrupt status is kept");
  }

  /** Reads during a close return a tile or report that the store is closed. */
  @Test
  void servesManyThreadsUntilItIsClosed() throws Exception {
    ImageryStore store = open();
    URI shard = shard();
    ExecutorService pool = Executors.newFixedThreadPool(6);
    CountDownLatch begun = new CountDownLatch(6);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        TileRef ref = new TileRef(shard, t);
        boolean later = t % 2 == 1;
        runs.add(
            pool.submit(
                () -> {
                  try {
                    for (int read = 0; ; read++) {
                      Tile tile =
                          later
                              ? hadLater(store.fetchAsync(ref, TileParts.THUMBNAIL))
                              : store.fetch(ref, TileParts.THUMBNAIL);
                      assertEquals("S2X_TEST_" + ref.rowGroup(), tile.productId());
                      if (read == 0) begun.countDown();
                    }
                  } catch (IllegalStateException closed) {
                    return null;
                  }
                }));
      }
      boolean all = begun.await(300, TimeUnit.SECONDS);
      store.close();
      for (Future<?> run : runs) run.get(300, TimeUnit.SECONDS); // rethrows its failure
      assertTrue(all, "every thread read before the close");
    } finally {
      pool.shutdownNow();
    }
  }

  private static Tile hadLater(CompletableFuture<Tile> future) throws Exception {
    try {
      return future.get(300, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) throw cause;
      throw e;
    }
  }

  @Test
  void cannotBeUsedAfterClose() {
    ImageryStore store = open();
    TileRef ref = new TileRef(shard(), 0);
    store.close();
    store.close();
    assertThrows(IllegalStateException.class, () -> store.fetch(ref, TileParts.THUMBNAIL));
    assertThrows(
        IllegalStateException.class, () -> store.fetchAll(List.of(ref), TileParts.THUMBNAIL));
    assertThrows(IllegalStateException.class, () -> store.fetchAsync(ref, TileParts.THUMBNAIL));
  }
}
