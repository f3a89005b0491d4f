package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.testkit.browser.Browser;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import io.earthembed.view.NaturalEarth;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/**
 * Measures the page with 249,000 tiles of 1,152 numbers in headless Chromium without a graphics
 * card: from Enter to hits and map, and how fast the map follows a drag. The encoder costs nothing.
 * An argument names a class whose method {@code flat} makes the index, such as {@code
 * io.earthembed.faiss.FaissIndex}; its module must be on the class path. See
 * docs/benchmarks/view.md.
 */
final class PageCosts {
  private static final int TILES = 249_000;
  private static final int DIMENSION = 1152;
  private static final ModelInfo MODEL = new ModelInfo("clusters", "1", DIMENSION);

  /** The middle of each cluster; texts are encoded as one of them. */
  private static final float[][] CLUSTERS = new float[400][];

  private PageCosts() {}

  private record Encode<T>(ModelInfo model) implements Encoder<T> {
    @Override
    public Vectors encode(List<? extends T> inputs) {
      Vectors vectors = Vectors.allocate(inputs.size(), DIMENSION);
      for (int i = 0; i < inputs.size(); i++) {
        vectors.set(i, CLUSTERS[Math.floorMod(inputs.get(i).hashCode(), CLUSTERS.length)]);
      }
      return vectors;
    }

    @Override
    public void close() {}
  }

  /** Measures and prints. */
  public static void main(String[] args) throws ReflectiveOperationException {
    EmbeddingIndex index =
        args.length == 0
            ? new ExactIndex(DIMENSION, ExactIndex.DEFAULT_METRIC)
            : (EmbeddingIndex)
                Class.forName(args[0])
                    .getMethod("flat", int.class, Metric.class)
                    .invoke(null, DIMENSION, ExactIndex.DEFAULT_METRIC);
    try (EarthExplorer earth = explorer(index).owning();
        ExplorerServer server =
            ExplorerServer.builder().add(ServedExplorer.of("large", earth)).start(0);
        Browser browser = Browser.open(false)) {
      browser.open(server.address());
      browser.await(() -> !browser.driver.findElements(By.cssSelector("[data-ready]")).isEmpty());
      for (int i = 0; i < 12; i++) {
        browser
            .find(By.id("text"))
            .sendKeys(Keys.chord(Keys.CONTROL, "a"), "text " + i, Keys.ENTER);
        browser.awaitText(By.id("go"), "Search");
        browser.await(() -> browser.find(By.id("status")).getText().contains("shown after"));
        System.out.println(browser.find(By.id("status")).getText() + "; " + requests(browser));
      }
      for (String at : List.of("0,0,1.47", "-3,-60,4")) {
        browser.open(URI.create(server.address() + "?q=text&mille=1000&at=" + at));
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

  /** Returns how long the server took for the search and its field, and the transfers. */
  private static Object requests(Browser browser) {
    return browser.run(
        "const all = performance.getEntriesByType('resource').filter(e => /search|fields/"
            + ".test(e.name)); performance.clearResourceTimings(); return all.map(e =>"
            + " e.name.replace(/.*api.(search|field).*/, '$1') + ' answered after ' +"
            + " (e.responseStart - e.requestStart).toFixed(0) + ' ms, transferred in ' +"
            + " (e.responseEnd - e.responseStart).toFixed(0) + ' ms').join('; ')");
  }

  /** Returns tiles at random places on land; neighbors are in the same cluster. */
  private static EarthExplorer explorer(EmbeddingIndex index) {
    SplittableRandom random = new SplittableRandom(7);
    for (int c = 0; c < CLUSTERS.length; c++) {
      CLUSTERS[c] = unit(i -> random.nextDouble(-0.5, 0.5));
    }
    List<TileRecord> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(TILES, DIMENSION);
    while (tiles.size() < TILES) {
      GeoPoint place =
          new GeoPoint(
              Math.toDegrees(Math.asin(random.nextDouble(-1, 1))), random.nextDouble(-180, 180));
      if (!NaturalEarth.isLand(place) || Math.abs(place.latitude()) > 84) continue;
      int square = (int) (place.latitude() / 8) * 31 + (int) (place.longitude() / 8);
      float[] cluster = CLUSTERS[Math.floorMod(square, CLUSTERS.length)];
      vectors.set(tiles.size(), unit(i -> cluster[i] + random.nextDouble(-0.045, 0.045)));
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
        EmbeddingModel.of(new Encode<Raster>(MODEL)).withText(new Encode<String>(MODEL));
    return EarthExplorer.open(dataset, model, index);
  }

  private static float[] unit(IntToDoubleFunction values) {
    double[] numbers = IntStream.range(0, DIMENSION).mapToDouble(values).toArray();
    double length = Math.sqrt(Arrays.stream(numbers).map(x -> x * x).sum());
    float[] unit = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) unit[i] = (float) (numbers[i] / length);
    return unit;
  }
}
