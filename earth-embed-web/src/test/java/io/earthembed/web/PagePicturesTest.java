package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.common.ProgressListener;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.testkit.browser.Browser;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** Pictures come by events, with progress, and their reads end when nobody waits for them. */
class PagePicturesTest {
  /** Reads nothing until the gate opens. */
  private static final class GatedStore implements ImageryStore {
    private final ImageryStore store = ParquetImageryStore.open();
    private final List<CompletableFuture<Tile>> reads = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<Void> gate = new CompletableFuture<>();

    @Override
    public CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts) {
      CompletableFuture<Tile> read = gate.thenCompose(open -> store.fetchAsync(tile, parts));
      reads.add(read);
      return read;
    }

    @Override
    public Tile fetch(TileRef tile, TileParts parts) {
      return store.fetch(tile, parts);
    }

    @Override
    public Outcomes fetchEach(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
      return store.fetchEach(tiles, parts, progress);
    }

    @Override
    public FetchStats stats() {
      return store.stats();
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @TempDir static Path folder;
  private static GatedStore store;
  private static EarthExplorer earth;
  private static ExplorerServer server;
  private static Browser browser;

  @BeforeAll
  static void start() {
    browser = Browser.open(false);
    new DemoEarth(folder, 40).close();
    store = new GatedStore();
    EmbeddingModel model = DemoModel.load();
    earth =
        EarthExplorer.open(
                GeoParquetDataset.open(folder.resolve("embeddings"), model.info()),
                model,
                new ExactIndex(model.info().dimension(), ExactIndex.DEFAULT_METRIC),
                store)
            .owning();
    server = ExplorerServer.builder().add(ServedExplorer.of("demo", earth)).start(0);
  }

  @AfterAll
  static void stop() {
    if (browser != null) browser.close();
    if (server != null) server.close();
    if (earth != null) earth.close();
  }

  private static String status() {
    return String.valueOf(browser.find(By.id("status")).getDomProperty("textContent"));
  }

  private static int pictures() {
    return browser.driver.findElements(By.cssSelector(".hit img")).size();
  }

  @Test
  void areCountedAndEndWithTheView() {
    browser.open(URI.create(server.address() + "?q=a+river"));
    browser.await(() -> status().matches("pictures 0 of \\d+"));
    browser.await(() -> !store.reads.isEmpty());
    List<CompletableFuture<Tile>> left = List.copyOf(store.reads);
    // Each of two series reads some tiles ahead.
    assertTrue(left.size() <= 8, left.size() + " reads");
    browser.find(By.id("text")).sendKeys(Keys.chord(Keys.CONTROL, "a"), "snow", Keys.ENTER);
    browser.await(() -> left.stream().allMatch(CompletableFuture::isCancelled));
    assertEquals(0, pictures());
    store.gate.complete(null);
    browser.await(() -> pictures() >= 4 && status().contains("shown after"));
    assertTrue(
        String.valueOf(
                browser.run(
                    "return performance.getEntriesByType('resource').map(e => e.name).join(' ')"))
            .contains("/pictures?rows="));

    // The page goes while it reads.
    store.gate = new CompletableFuture<>();
    store.reads.clear();
    browser.open(URI.create(server.address() + "?q=sand"));
    browser.await(() -> browser.driver.findElements(By.cssSelector(".hit")).size() == 40);
    browser.find(By.cssSelector(".hit .open")).click();
    browser.await(() -> !store.reads.isEmpty());
    List<CompletableFuture<Tile>> gone = List.copyOf(store.reads);
    browser.open(URI.create("about:blank"));
    browser.await(() -> gone.stream().allMatch(CompletableFuture::isCancelled));
    store.gate.complete(null);
  }
}
