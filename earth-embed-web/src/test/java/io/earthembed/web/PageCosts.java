package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.testkit.browser.Browser;
import io.earthembed.vector.Vectors;
import io.earthembed.view.NaturalEarth;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/**
 * Measures the page with 249,000 tiles in headless Chromium without a graphics card: from Enter to
 * hits and map, and how fast the map follows a drag. See docs/benchmarks/view.md.
 */
final class PageCosts {
  private static final int TILES = 249_000;

  private PageCosts() {}

  /** Measures and prints. */
  public static void main(String[] args) {
    try (EarthExplorer earth = explorer();
        ExplorerServer server =
            ExplorerServer.builder().add(ServedExplorer.of("large", earth)).start(0);
        Browser browser = Browser.open(false)) {
      browser.open(server.address());
      browser.await(() -> !browser.driver.findElements(By.cssSelector("[data-ready]")).isEmpty());
      for (String words : List.of("river", "forest", "snow", "a town", "a desert", "fields")) {
        browser
            .find(By.id("text"))
            .sendKeys(Keys.chord(Keys.CONTROL, "a"), "a satellite image of " + words, Keys.ENTER);
        browser.awaitText(By.id("go"), "Search");
        browser.await(() -> browser.find(By.id("status")).getText().contains("shown after"));
        System.out.println(words + ": " + browser.find(By.id("status")).getText());
      }
      for (String at : List.of("0,0,1.47", "-3,-60,4")) {
        browser.open(
            URI.create(server.address() + "?q=a+satellite+image+of+a+river&mille=1000&at=" + at));
        browser.await(() -> browser.find(By.id("status")).getText().contains("shown after"));
        System.out.println("at " + at + ", a frame of a drag: " + drag(browser));
      }
    }
  }

  /** Drags the map a little in each frame, as the pointer does. */
  private static Object drag(Browser browser) {
    return String.valueOf(
        browser.driver.executeAsyncScript(
            "const done = arguments[0], map = document.querySelector('.leaflet-container');"
                + "const box = map.getBoundingClientRect(), times = [];"
                + "let x = box.x + box.width / 2, y = box.y + box.height / 2, n = 0, last = 0;"
                + "const send = (type, to) => to.dispatchEvent(new MouseEvent(type,"
                + " {clientX: x, clientY: y, button: 0, buttons: 1, bubbles: true}));"
                + "send('mousedown', map); function step() { const now = performance.now();"
                + "if (n > 5) times.push(now - last); last = now; if (n++ < 125) {"
                + "x += n % 50 < 25 ? 9 : -9; y += n % 30 < 15 ? 5 : -5; send('mousemove',"
                + " document); requestAnimationFrame(step); } else { send('mouseup', document);"
                + "times.sort((a, b) => a - b); done('median ' + times[60].toFixed(1)"
                + " + ' ms, 95 % within ' + times[114].toFixed(1) + ' ms'); } }"
                + "requestAnimationFrame(step);"));
  }

  /** Returns tiles at random places on land, whose vectors are more alike near the Amazon. */
  private static EarthExplorer explorer() {
    EmbeddingModel model = DemoModel.load();
    ModelInfo info = model.info();
    int dimension = info.dimension();
    float[] river = new float[dimension];
    model.text().orElseThrow().encode(List.of("a satellite image of a river")).get(0, river);
    Random random = new Random(7);
    List<TileRecord> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(TILES, dimension);
    float[] vector = new float[dimension];
    while (tiles.size() < TILES) {
      GeoPoint place =
          new GeoPoint(
              Math.toDegrees(Math.asin(2 * random.nextDouble() - 1)),
              random.nextDouble() * 360 - 180);
      if (!NaturalEarth.isLand(place) || Math.abs(place.latitude()) > 84) continue;
      double near = 12 * Math.exp(-place.distanceTo(new GeoPoint(-3, -60)) / 2_500_000);
      double square = 0;
      for (int i = 0; i < dimension; i++) {
        vector[i] = (float) (random.nextGaussian() + near * river[i]);
        square += vector[i] * vector[i];
      }
      for (int i = 0; i < dimension; i++) vector[i] /= (float) Math.sqrt(square);
      vectors.set(tiles.size(), vector);
      tiles.add(
          new TileRecord(
              "tile-" + tiles.size(),
              MajorTomGrid.CORE.cellOf(place),
              null,
              null,
              place,
              Float.NaN,
              null));
    }
    TileCatalog catalog = TileCatalog.of(tiles);
    EmbeddingDataset dataset =
        new EmbeddingDataset() {
          @Override
          public ModelInfo model() {
            return info;
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
    return EarthExplorer.open(dataset, model);
  }
}
