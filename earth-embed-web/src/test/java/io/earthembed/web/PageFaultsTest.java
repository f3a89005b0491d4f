package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.testkit.browser.Browser;
import io.earthembed.vector.Vectors;
import io.earthembed.view.BaseTiles;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The page with hostile texts, slow models, missing pictures, tokens and servers that stop. */
class PageFaultsTest {
  private static final String HOSTILE =
      "</script><img src=x onerror=\"document.title='taken'\">\u202Eevil\u202C \u05D0\u05D1\u05D2";
  private static final ModelInfo MODEL = new ModelInfo("angles", "1", 2);
  private static final CountDownLatch SLOW = new CountDownLatch(1);

  @TempDir static Path folder;
  private static Browser browser;
  private static ExplorerServer server;
  private static EarthExplorer earth;

  /** Every query is the angle 0; the text "slow" takes until the latch opens. */
  private record Angle<T>(ModelInfo model) implements Encoder<T> {
    @Override
    public Vectors encode(List<? extends T> inputs) {
      try {
        if (inputs.contains("slow")) SLOW.await(300, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Vectors vectors = Vectors.allocate(inputs.size(), 2);
      for (int i = 0; i < inputs.size(); i++) vectors.set(i, new float[] {1, 0});
      return vectors;
    }

    @Override
    public void close() {}
  }

  private static EarthExplorer explorer() {
    List<TileRecord> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(50, 2);
    URI missing = folder.resolve("missing.parquet").toUri();
    for (int i = 0; i < 50; i++) {
      double angle = i * 0.03;
      vectors.set(i, new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
      tiles.add(
          new TileRecord(
              i == 0 ? HOSTILE : "tile-" + i,
              new GridCell(i, i),
              null,
              null,
              new GeoPoint(i, i * 3),
              Float.NaN,
              new TileRef(missing, i)));
    }
    TileCatalog catalog = TileCatalog.of(tiles);
    EmbeddingDataset dataset =
        new EmbeddingDataset() {
          @Override
          public ModelInfo model() {
            return MODEL;
          }

          @Override
          public TileCatalog catalog() {
            return catalog;
          }

          @Override
          public void forEachBatch(Consumer<Vectors> batches) {
            batches.accept(vectors);
          }
        };
    EmbeddingModel model =
        EmbeddingModel.of(new Angle<Raster>(MODEL)).withText(new Angle<String>(MODEL));
    return EarthExplorer.open(
            dataset,
            model,
            new ExactIndex(2, ExactIndex.DEFAULT_METRIC),
            ParquetImageryStore.open())
        .owning();
  }

  @BeforeAll
  static void start() {
    browser = Browser.open(false);
    earth = explorer();
    server = ExplorerServer.builder().add(served()).start(0);
  }

  private static ServedExplorer served() {
    return ServedExplorer.of("angles", earth).withTitle(HOSTILE).withExamples(List.of(HOSTILE));
  }

  @AfterAll
  static void stop() {
    SLOW.countDown();
    if (browser != null) browser.close();
    if (server != null) server.close();
    if (earth != null) earth.close();
  }

  private static void open(URI address) {
    // An address that differs after # alone would not load the page again.
    browser.open(URI.create("about:blank"));
    browser.open(address);
  }

  private static void search(String words) {
    browser.find(By.id("text")).sendKeys(Keys.chord(Keys.CONTROL, "a"), words, Keys.ENTER);
  }

  private static String text(String id) {
    return String.valueOf(browser.find(By.id(id)).getDomProperty("textContent"));
  }

  private static int count(String css) {
    return browser.driver.findElements(By.cssSelector(css)).size();
  }

  @Test
  void hostileTextIsOnlyText() {
    open(server.address());
    browser.await(() -> text("list").contains("</script><img"));
    search(HOSTILE);
    browser.await(() -> count(".hit") == 40);
    assertTrue(text("list").contains("</script><img"));
    browser.find(By.cssSelector(".hit .open")).click();
    browser.await(() -> text("tile-bodies").contains("</script><img"));
    assertNotEquals("taken", browser.driver.getTitle());
    assertEquals(0, browser.driver.findElements(By.cssSelector("img[onerror]")).size());
    // Marks that turn the direction stay within the id.
    for (var id : browser.driver.findElements(By.cssSelector("#tile-bodies dd"))) {
      assertEquals(1, id.findElements(By.cssSelector("bdi")).size());
    }
    browser.assertAccessible();
    browser.driver.navigate().refresh();
    browser.await(() -> text("tile-bodies").contains("</script><img"));
    assertNotEquals("taken", browser.driver.getTitle());
  }

  @Test
  void aPictureThatCannotBeReadSaysWhy() {
    open(URI.create(server.address() + "?q=quick"));
    browser.await(() -> text("list").contains("The picture could not be read."));
    assertEquals(40, count(".hit"));
    assertEquals("Best 40 of 50", text("results-title"));
    browser.assertAccessible();
  }

  @Test
  void aSearchIsCanceled() {
    open(server.address());
    search("slow");
    browser.await(() -> text("status").startsWith("Searching…"));
    assertEquals("Cancel", text("go"));
    browser.find(By.id("go")).click();
    assertEquals("Canceled", text("status"));
    search("quick");
    browser.await(() -> count(".hit") == 40 && text("go").equals("Search"));
  }

  @Test
  void aTokenComesWithTheAddressAndLeavesIt() {
    ServerOptions options = ServerOptions.builder().token("correct-horse-battery").build();
    try (ExplorerServer guarded =
        ExplorerServer.builder().add(served()).options(options).start(0)) {
      open(guarded.address());
      browser.await(() -> text("query-error").startsWith("The server asks for a token."));
      open(URI.create(guarded.address() + "?q=quick#token=correct-horse-battery"));
      browser.await(() -> count(".hit") == 40);
      assertFalse(String.valueOf(browser.driver.getCurrentUrl()).contains("token"));
      browser.await(() -> text("list").contains("The picture could not be read."));
    }
  }

  @Test
  void aBaseMapOfTheOperatorsChoiceIsShown() throws Exception {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    HttpServer tiles = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    tiles.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    tiles.start();
    String base = "http://127.0.0.1:" + tiles.getAddress().getPort();
    ServerOptions options =
        ServerOptions.builder()
            .baseMap(new BaseTiles(base + "/{z}/{x}/{y}.png", "© <b>Somebody</b>"))
            .build();
    try (ExplorerServer mapped = ExplorerServer.builder().add(served()).options(options).start(0)) {
      open(URI.create(mapped.address() + "?q=quick"));
      browser.await(() -> asked.stream().anyMatch(path -> path.matches("/[0-9]/[0-9]+/.*\\.png")));
      browser.await(() -> count(".hit") == 40);
      String credit = browser.find(By.cssSelector(".leaflet-control-attribution")).getText();
      assertEquals("© <b>Somebody</b>", credit);
    } finally {
      tiles.stop(0);
    }
  }

  @Test
  void aServerThatIsGoneIsSaidToBe() {
    ExplorerServer short_ = ExplorerServer.builder().add(served()).start(0);
    open(short_.address());
    browser.await(() -> count("[data-ready]") == 1);
    short_.close();
    search("quick");
    browser.await(() -> text("query-error").equals("The server does not answer. Is it running?"));
  }
}
