package io.earthembed.view;

import io.earthembed.SearchResult;
import io.earthembed.testkit.browser.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures the cost of a map of 249,000 tiles, and how fast its page follows a drag in headless
 * Chromium without a graphics card. Argument: a folder. See docs/benchmarks/view.md.
 */
final class MapCosts {
  private MapCosts() {}

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    Path page = folder.resolve("map.html");
    SearchResult result = Results.land(249_000, 25);
    SimilarityMap map = SimilarityMap.of(result);
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      map.writePng(folder.resolve("map.png"));
      long png = System.nanoTime();
      map.writeHtml(page);
      long html = System.nanoTime();
      System.out.printf(
          "PNG %d ms, HTML %d ms, %d bytes%n",
          (png - start) / 1_000_000, (html - png) / 1_000_000, Files.size(page));
    }
    try (Browser browser = Browser.open(true)) {
      browser.open(page);
      for (String where :
          List.of(
              "earthEmbedMap.setZoom(earthEmbedMap.getMinZoom())",
              "earthEmbedMap.setView([-3, -60], 5)")) {
        browser.run(where + "; return 0");
        browser.frame();
        Object frames =
            browser.driver.executeAsyncScript(
                "const done = arguments[0]; const times = []; let last = performance.now();"
                    + "let n = 0; function step() { const now = performance.now();"
                    + "if (n > 5) times.push(now - last); last = now;"
                    + "if (n++ < 125) { earthEmbedMap.panBy([n % 50 < 25 ? 9 : -9, n % 30 < 15 ? 5 : -5],"
                    + "{animate: false}); requestAnimationFrame(step); } else {"
                    + "times.sort((a, b) => a - b); done('median ' + times[60].toFixed(1) + ' ms, 95 % within '"
                    + "+ times[114].toFixed(1) + ' ms'); } } requestAnimationFrame(step);");
        System.out.println(where + ": a frame of a drag: " + frames);
      }
    }
  }
}
