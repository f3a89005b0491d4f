package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.testkit.browser.Browser;
import io.earthembed.vector.Neighbors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.PointerInput;
import org.openqa.selenium.interactions.Sequence;

/** The page in a real browser. */
class BrowserTest {
  private static final String HOSTILE =
      "</script><img src=x onerror=\"document.title='taken'\">\u202E" + "x".repeat(10_000);

  @TempDir static Path folder;
  private static Browser light;
  private static Browser dark;

  @BeforeAll
  static void start() {
    light = Browser.open(false);
    dark = Browser.open(true);
  }

  @AfterAll
  static void stop() {
    if (light != null) light.close();
    if (dark != null) dark.close();
  }

  private static SimilarityMap map(int n) {
    SearchResult result = Results.land(n, 25);
    List<Raster> pictures = new ArrayList<>();
    for (int i = 0; i < 10; i++) pictures.add(Results.picture(i));
    return SimilarityMap.of(result)
        .withPictures(pictures)
        .withNote("Positions are made up: points at random on land.");
  }

  private static Path write(SimilarityMap map, String name) {
    Path page = folder.resolve(name);
    map.writeHtml(page);
    return page;
  }

  /** Returns the drawn position of a place, in CSS pixels from the middle of the map. */
  private static int[] spot(Browser browser, GeoPoint place) {
    return spot(browser, place.latitude(), place.longitude());
  }

  private static int[] spot(Browser browser, double latitude, double longitude) {
    Object at =
        browser.run(
            "const p = earthEmbedMap.latLngToContainerPoint(["
                + latitude
                + ", "
                + longitude
                + "]), s = earthEmbedMap.getSize(); return [p.x - s.x / 2, p.y - s.y / 2];");
    List<?> both = (List<?>) at;
    return new int[] {
      (int) Math.round(((Number) both.get(0)).doubleValue()),
      (int) Math.round(((Number) both.get(1)).doubleValue())
    };
  }

  @Test
  void rendersInLightAndDarkAndAsksForNothing() throws Exception {
    Path page = write(map(8000), "map.html");
    for (Browser browser : List.of(light, dark)) {
      browser.open(page);
      browser.frame();
      assertEquals("\"a satellite image of a river\"", browser.find(By.id("title")).getText());
      assertEquals("8,000 of 8,000", browser.find(By.id("count")).getText());
      assertEquals(
          browser == dark ? "dark" : "light",
          browser.run("return document.documentElement.dataset.theme"));
      assertEquals(25, browser.driver.findElements(By.cssSelector("#hits li")).size());
      // In light mode the colours are reversed; the labels at the ends are not.
      String ends = browser.find(By.id("ends")).getText();
      assertTrue(ends.matches("(?s)low ≤ 0\\.\\d+\\s+similarity\\s+high ≥ 0\\.\\d+"), ends);
      browser.keep(browser == dark ? "map-page-dark.png" : "map-page-light.png");
      browser.assertAccessible();
      browser.assertQuiet(page);
    }
    Object before = light.canvas();
    light.find(By.id("theme")).click();
    assertNotEquals(before, light.canvas(), "the button changes dark and light");
  }

  @Test
  void pagesAndPicturesShareAColorMap() {
    StringBuilder stops = new StringBuilder();
    for (int stop : Viridis.STOPS) stops.append(String.format(Locale.ROOT, ", 0x%06X", stop));
    assertEquals(
        stops.substring(2),
        Resources.text("map/earth-map.js")
            .replaceFirst("(?s).*const VIRIDIS = \\[\\s*(.*?)\\s*];.*", "$1"));
  }

  @Test
  void theListNamesItsTilesByTheirIds() throws Exception {
    String folders = "summer/2024/north-of-the-river/";
    String id = folders.repeat(4) + "DSC_0815.jpg";
    SearchResult result =
        Results.of(
            Query.text("q"),
            2,
            true,
            List.of(Results.tile(id, 1, 2), Results.tile("short", 3, 4)),
            new float[] {0.9f, 0.8f});
    Path page =
        write(
            SimilarityMap.of(result).withPictures(List.of(Results.picture(1), Results.picture(2))),
            "ids.html");
    light.open(page);
    List<WebElement> hits = light.driver.findElements(By.cssSelector("#hits button"));
    assertTrue(
        hits.get(0).getText().endsWith("\nsummer/2024/north-of…-river/DSC_0815.jpg"),
        hits.get(0).getText());
    assertTrue(hits.get(1).getText().endsWith("\nshort"), hits.get(1).getText());
    light.keep("map-page-ids.png");
    light.assertQuiet(page);
  }

  @Test
  void nothingThatPassesIsSaidAndOneScoreIsOneNumber() throws Exception {
    for (int n = 0; n < 2; n++) {
      List<TileRecord> tiles = List.of(Results.tile("a", 1, 2)).subList(0, n);
      float[] scores = n == 0 ? new float[0] : new float[] {0.5f};
      Path page =
          write(SimilarityMap.of(Results.of(Query.text("q"), 1, true, tiles, scores)), n + ".html");
      light.open(page);
      light.frame();
      assertEquals(
          n == 0 ? "no tile passed" : "similarity 0.500", light.find(By.id("ends")).getText());
      for (String id : List.of("ramp", "threshold", "limit")) {
        assertEquals(n == 1, light.find(By.id(id)).isDisplayed(), id);
      }
      light.keep("map-page-of-" + n + ".png");
      light.assertAccessible();
      light.assertQuiet(page);
    }
  }

  @Test
  void theSliderChangesWhatIsShown() throws Exception {
    light.open(write(map(3000), "slider.html"));
    Object all = light.canvas();
    WebElement slider = light.find(By.id("threshold"));
    slider.sendKeys(Keys.PAGE_UP, Keys.PAGE_UP, Keys.PAGE_UP);
    Object some = light.canvas();
    String count = light.find(By.id("count")).getText();
    assertNotEquals(all, some);
    assertTrue(count.endsWith(" of 3,000") && !count.startsWith("3,000"), count);
    light.keep("map-page-threshold.png");
    slider.sendKeys(Keys.END);
    assertEquals("1 of 3,000", light.find(By.id("count")).getText());
    slider.sendKeys(Keys.HOME);
    assertEquals(all, light.canvas());
  }

  @Test
  void aCardAppearsOverATileAndAClickCopiesItsPlace() throws Exception {
    SimilarityMap map = map(3000);
    Path page = write(map, "card.html");
    light.open(page);
    light.frame();
    WebElement stage = light.find(By.id("map"));
    WebElement card = light.find(By.id("card"));
    assertEquals(false, card.isDisplayed());
    GeoPoint best = map.result.hits().get(0).tile().center();
    int[] spot = spot(light, best);
    new Actions(light.driver).moveToElement(stage, spot[0], spot[1]).perform();
    assertTrue(card.isDisplayed(), "no card");
    String text = card.getText();
    for (String part :
        List.of("#1  ·", map.result.hits().get(0).tile().id(), "2024-06-07", "click copies")) {
      assertTrue(text.replace(" ", "").contains(part.replace(" ", "")), part + " not in " + text);
    }
    assertEquals(1, card.findElements(By.tagName("img")).size(), "its thumbnail");
    light.keep("map-page-card.png");
    new Actions(light.driver).moveToElement(stage, spot[0], spot[1]).click().perform();
    String toast = light.awaitText(By.id("toast"), "Copied ");
    String latitude = String.format(Locale.ROOT, "%.3f", best.latitude());
    assertTrue(toast.contains(latitude.substring(0, 4)), toast);
    new Actions(light.driver).moveToElement(light.find(By.id("title"))).perform();
    assertEquals(false, card.isDisplayed());
    light.assertQuiet(page);
  }

  /** Hits need not be the field's best; each card must belong to the tile under it. */
  @Test
  void cardsFollowHitsThatSkipTiles() {
    SearchOptions sparse = SearchOptions.builder().k(6).minDistance(1_500_000).scoreField().build();
    SearchResult result = Results.land(3000, sparse);
    Neighbors field = result.scoreField().orElseThrow();
    assertNotEquals(
        field.ordinal(1), result.hits().get(1).ordinal(), "the second hit is not the second best");
    List<Raster> pictures = new ArrayList<>();
    for (int i = 0; i < 6; i++) pictures.add(Results.picture(i));
    light.open(write(SimilarityMap.of(result).withPictures(pictures), "skips.html"));
    WebElement stage = light.find(By.id("map"));
    WebElement card = light.find(By.id("card"));
    for (Hit hit : result.hits()) {
      stage.sendKeys("n");
      // Browsers send this if something moves beneath a resting pointer.
      light.run(
          "document.getElementById('map').dispatchEvent(new MouseEvent('mousemove',"
              + " {clientX: 9, clientY: 9, bubbles: true})); return 0;");
      String text = card.getText();
      assertTrue(text.startsWith("#" + hit.rank() + " "), hit + ": " + text);
      assertTrue(text.contains(hit.tile().id()), hit + ": " + text);
      assertEquals(1, card.findElements(By.tagName("img")).size(), text);
    }
  }

  /** A number with a # is a hit's rank, not a tile's position among all tiles. */
  @Test
  void cardsOfTilesThatAreNoHitsSayTheirPlace() {
    SearchOptions sparse = SearchOptions.builder().k(6).minDistance(1_500_000).scoreField().build();
    SearchResult result = Results.land(3000, sparse);
    Neighbors field = result.scoreField().orElseThrow();
    Path page = write(SimilarityMap.of(result), "place.html");
    light.open(page);
    GeoPoint second = result.catalog().record(field.ordinal(1)).center();
    light.run(
        "return earthEmbedMap.setView([%s, %s], 6) && 0"
            .formatted(second.latitude(), second.longitude()));
    light.frame();
    int[] spot = spot(light, second);
    new Actions(light.driver).moveToElement(light.find(By.id("map")), spot[0], spot[1]).perform();
    String text = light.find(By.id("card")).getText();
    assertTrue(text.startsWith("%.4f · place 2 of 3,000".formatted(field.score(1))), text);
  }

  /**
   * Cells of a grid of 320 m, dates before 1970 and after 2149, and unknown dates, in both column
   * widths.
   */
  @Test
  void cardsNameCellsAndDatesWhateverTheirSize() {
    List<String> dates =
        List.of("1969-12-31", "no date", "2149-06-07", "1880-04-14", "no date", "1970-01-01");
    List<GridCell> cells =
        List.of(
            new GridCell(3, -4),
            new GridCell(5, 6),
            new GridCell(-31_000, 40_000),
            new GridCell(40_000, 1),
            new GridCell(7, -70_000),
            new GridCell(8, 9));
    for (int n : new int[] {2, 6}) { // the first two alone fit into two bytes
      List<TileRecord> tiles = new ArrayList<>();
      float[] scores = new float[n];
      for (int i = 0; i < n; i++) {
        scores[i] = 0.9f - 0.1f * i;
        tiles.add(
            new TileRecord(
                "tile-" + i,
                cells.get(i),
                "product",
                dates.get(i).equals("no date") ? null : Instant.parse(dates.get(i) + "T23:59:59Z"),
                new GeoPoint(10 * i, 20 * i),
                Float.NaN,
                null));
      }
      SearchResult result = Results.of(Query.text("q"), n, true, tiles, scores);
      light.open(write(SimilarityMap.of(result), "cells.html"));
      for (int i = 0; i < n; i++) {
        light.find(By.id("map")).sendKeys("n");
        String card = light.find(By.id("card")).getText();
        assertTrue(card.contains(cells.get(i).name() + " · " + dates.get(i)), card);
      }
    }
  }

  /** The card has its final position before the browser draws, since slow browsers draw late. */
  @Test
  void aCardIsPlacedByTheMapAsItHasMoved() {
    SearchResult result =
        Results.land(
            3000, SearchOptions.builder().k(6).minDistance(1_500_000).scoreField().build());
    light.open(write(SimilarityMap.of(result), "places.html"));
    for (int hit = 1; hit <= 6; hit++) {
      List<?> outside =
          (List<?>)
              light.run(
                  "const map = document.getElementById('map');"
                      + "map.dispatchEvent(new KeyboardEvent('keydown', {key: 'n'}));"
                      + "const card = document.getElementById('card').getBoundingClientRect();"
                      + "const stage = document.getElementById('stage').getBoundingClientRect();"
                      + "return [stage.left - card.left, card.right - stage.right,"
                      + " stage.top - card.top, card.bottom - stage.bottom].filter(d => d > 0);");
      assertEquals(List.of(), outside, "hit " + hit);
    }
  }

  @Test
  void canBeUsedWithKeysAlone() {
    SimilarityMap map = map(3000);
    light.open(write(map, "keys.html"));
    Object world = light.canvas();
    WebElement stage = light.find(By.id("map"));
    stage.sendKeys("n");
    WebElement card = light.find(By.id("card"));
    assertTrue(card.getText().startsWith("#1"), card.getText());
    stage.sendKeys("n");
    assertTrue(card.getText().startsWith("#2"), card.getText());
    stage.sendKeys("p");
    assertTrue(card.getText().startsWith("#1"), card.getText());
    stage.sendKeys("c");
    light.awaitText(By.id("toast"), "Copied ");
    stage.sendKeys(Keys.ESCAPE);
    assertEquals(false, card.isDisplayed());
    Object near = light.canvas();
    stage.sendKeys("+");
    assertNotEquals(near, light.canvas());
    stage.sendKeys("0");
    assertEquals(world, light.canvas());
  }

  /** In a frame or over plain HTTP, a page may not use the clipboard. */
  @Test
  void keysStillWorkAfterACopyWithoutTheClipboard() {
    light.open(write(map(3000), "copy.html"));
    light.run("Object.defineProperty(navigator, 'clipboard', {value: undefined}); return 0");
    WebElement stage = light.find(By.id("map"));
    stage.click();
    // Sends keys to the focused element: sending them to an element would focus it.
    new Actions(light.driver).sendKeys("n", "c").perform();
    light.awaitText(By.id("toast"), "Copied ");
    assertEquals(stage, light.driver.switchTo().activeElement());
    new Actions(light.driver).sendKeys("N").perform();
    String card = light.find(By.id("card")).getText();
    assertTrue(card.startsWith("#2"), card);
  }

  /** Screen readers also hear moves of the map by keys. */
  @Test
  void hitsThatAreGoneToAreAnnounced() {
    SimilarityMap map = map(3000);
    light.open(write(map, "said.html"));
    WebElement said = light.find(By.cssSelector("[role=status]"));
    assertEquals("", said.getDomProperty("textContent"));
    light.find(By.id("map")).sendKeys("n");
    light.awaitText(By.id("said"), "#1, ");
    String cell = map.result.hits().get(0).tile().cell().name();
    assertTrue(String.valueOf(said.getDomProperty("textContent")).contains(cell));
    light.driver.findElements(By.cssSelector("#hits button")).get(2).click();
    light.awaitText(By.id("said"), "#3, ");
    light.assertAccessible();
    light.find(By.id("threshold")).sendKeys(Keys.END);
    light.driver.findElements(By.cssSelector("#hits button")).get(1).click();
    light.awaitText(By.id("said"), "#2 is below the threshold");
    assertEquals("#2 is below the threshold", light.find(By.id("toast")).getText());
  }

  private static void resize(Browser browser, int width, int height) {
    browser.driver.manage().window().setSize(new Dimension(width, height));
    browser.frame();
  }

  /** Returns the shown west, south, east and north in whole degrees. */
  private static List<Long> seen(Browser browser) {
    List<Long> edges = new ArrayList<>();
    for (Object edge :
        (List<?>)
            browser.run(
                "const b = earthEmbedMap.getBounds();"
                    + "return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];")) {
      edges.add(Math.round(((Number) edge).doubleValue()));
    }
    return edges;
  }

  private static void assertShows(Browser browser, int west, int south, int east, int north) {
    List<Long> seen = seen(browser);
    assertTrue(
        seen.get(0) <= west && seen.get(1) <= south && seen.get(2) >= east && seen.get(3) >= north,
        seen.toString());
  }

  /** In a notebook, side by side, on a screen and on a phone. */
  @Test
  void nothingLiesOverTheMapAndNoHitIsCut() throws Exception {
    try {
      light.open(write(map(300), "room.html"));
      for (int[] size : new int[][] {{900, 560}, {446, 560}, {1280, 860}, {390, 780}}) {
        resize(light, size[0], size[1]);
        light.frame();
        assertEquals(
            List.of(),
            light.run(
                "const map = document.getElementById('map').getBoundingClientRect();return"
                    + " [...document.querySelectorAll('#zoom, #legend, #ramp, #threshold, header,"
                    + " #side')].filter(e => { const r = e.getBoundingClientRect(); return r.width"
                    + " && r.left < map.right - 0.5 && r.right > map.left + 0.5 && r.top <"
                    + " map.bottom - 0.5 && r.bottom > map.top + 0.5; }).map(e => e.id ||"
                    + " e.tagName);"),
            size[0] + " x " + size[1]);
        assertEquals(
            List.of(),
            light.run(
                "const room = document.getElementById('hits').getBoundingClientRect(), cut = [];for"
                    + " (const e of document.querySelectorAll('#hits button')) { const r ="
                    + " e.getBoundingClientRect(); if (r.left < room.left - 1 || r.left <"
                    + " room.right - 1 && r.right > room.right + 1) cut.push(e.textContent); if"
                    + " (r.top < room.top - 1 || r.bottom > room.bottom + 1)"
                    + " cut.push(e.textContent); }return cut;"),
            size[0] + " x " + size[1]);
        light.keep("map-page-" + size[0] + ".png");
      }
    } finally {
      resize(light, 1280, 860);
    }
  }

  @Test
  void aWindowOfAnotherSizeShowsTheSamePartOfTheEarth() {
    try {
      SimilarityMap map = map(300).withRegion(new BoundingBox(-80, -35, -30, 10));
      light.open(write(map, "resize.html"));
      light.frame();
      assertTrue(seen(light).get(2) < 20, "opens at its region: " + seen(light));
      light.run("return earthEmbedMap.setZoom(earthEmbedMap.getMinZoom()) && 0");
      assertShows(light, -180, -90, 180, 90);
      for (int width : new int[] {1000, 1400}) {
        resize(light, width, 700);
        assertShows(light, -180, -90, 180, 90);
      }
    } finally {
      resize(light, 1280, 860);
    }
  }

  @Test
  void aRegionAcrossTheAntimeridianIsShownWhole() throws Exception {
    SearchResult result =
        Results.of(
            Query.text("q"),
            3,
            true,
            List.of(
                Results.tile("west of it", -17, 178),
                Results.tile("east of it", -17, -178),
                Results.tile("far", 10, 20)),
            new float[] {0.9f, 0.8f, 0.7f});
    SimilarityMap map = SimilarityMap.of(result).withRegion(new BoundingBox(150, -50, -150, 20));
    light.open(write(map, "antimeridian.html"));
    light.frame();
    assertShows(light, 150, -50, 210, 20);
    light.keep("map-page-antimeridian.png");
    WebElement stage = light.find(By.id("map"));
    for (int hit = 0; hit < 2; hit++) {
      // Four degrees apart and not 356.
      int[] spot = spot(light, -17, hit == 0 ? 178 : 182);
      new Actions(light.driver).moveToElement(stage, spot[0], spot[1]).perform();
      String card = light.find(By.id("card")).getText();
      assertTrue(card.startsWith("#" + (hit + 1)), card);
      assertTrue(card.contains(hit == 0 ? "178.0000° E" : "178.0000° W"), card);
    }
    stage.sendKeys("n", "n", "n");
    assertTrue(light.find(By.id("card")).getText().startsWith("#3"));
    light.run("return earthEmbedMap.setZoom(earthEmbedMap.getMinZoom()) && 0");
    assertShows(light, 0, -90, 360, 90);
    light.keep("map-page-antimeridian-whole.png");
  }

  /** Hits below the map, a card that does not cover its tile, and touch input. */
  @Test
  void canBeUsedOnATelephone() throws Exception {
    try {
      light.command(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", 390, "height", 844, "deviceScaleFactor", 1, "mobile", true));
      light.command("Emulation.setTouchEmulationEnabled", Map.of("enabled", true));
      SimilarityMap map = map(3000);
      light.open(write(map, "telephone.html"));
      light.frame();
      light.keep("map-page-telephone.png");
      light.assertAccessible();
      WebElement second = light.driver.findElements(By.cssSelector("#hits button")).get(1);
      Rectangle strip = second.getRect();
      assertTrue(strip.y > 600 && strip.y + strip.height <= 844, "below the map");
      second.click();
      WebElement card = light.find(By.id("card"));
      assertTrue(card.getText().startsWith("#2 "), card.getText());
      assertEquals(false, card.getText().contains("click"), card.getText());
      light.keep("map-page-telephone-card.png");
      Rectangle stage = light.find(By.id("map")).getRect();
      int[] spot = spot(light, map.result.hits().get(1).tile().center());
      int x = stage.x + stage.width / 2 + spot[0];
      int y = stage.y + stage.height / 2 + spot[1];
      Rectangle over = card.getRect();
      assertTrue(
          x < over.x || x > over.x + over.width || y < over.y || y > over.y + over.height,
          "the card hides its tile");

      new Actions(light.driver).sendKeys(Keys.ESCAPE).perform();
      light.run("earthEmbedMap.setZoom(9); return 0"); // no other near
      PointerInput finger = new PointerInput(PointerInput.Kind.TOUCH, "finger");
      light.driver.perform(
          List.of(
              new Sequence(finger, 0)
                  .addAction(
                      finger.createPointerMove(
                          Duration.ZERO, PointerInput.Origin.viewport(), x + 12, y))
                  .addAction(finger.createPointerDown(0))
                  .addAction(finger.createPointerUp(0))));
      light.awaitText(By.id("toast"), "Copied ");
      assertTrue(card.getText().startsWith("#2 "), card.getText());

      Path beside = folder.resolve("beside-telephone.html");
      SideBySide.of(List.of(map, map)).writeHtml(beside);
      light.open(beside);
      assertEquals(390L, light.run("return document.documentElement.scrollWidth"), "no wider");
    } finally {
      light.command("Emulation.setTouchEmulationEnabled", Map.of("enabled", false));
      light.command("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  /** The page is loaded in a collapsed notebook cell or a hidden tab. */
  @Test
  void aPageThatIsHiddenAtFirstOpensAtItsRegion() throws Exception {
    SimilarityMap map = map(300).withRegion(new BoundingBox(-80, -35, -30, 10));
    Path page = folder.resolve("hidden.html");
    Files.writeString(
        page, Html.page("folded", map.toFrame().replace("<iframe", "<iframe hidden")));
    light.open(page);
    light.run("document.querySelector('iframe').hidden = false; return 0");
    light.driver.switchTo().frame(0);
    // A map without a size has no bounds, so a script that reads them would fail.
    light.await(
        () ->
            Boolean.TRUE.equals(
                light.run("return Boolean(window.earthEmbedMap && earthEmbedMap._loaded)")));
    light.await(() -> seen(light).get(2) < 20 && seen(light).get(2) > -31);
    light.find(By.id("map")).sendKeys("n");
    assertTrue(light.find(By.id("card")).getText().startsWith("#1"));
  }

  @Test
  void hostileTextIsOnlyText() {
    SearchResult result =
        Results.of(
            Query.text(HOSTILE), 1, true, List.of(Results.tile(HOSTILE, 1, 2)), new float[] {0.5f});
    Path page = write(SimilarityMap.of(result).withNote(HOSTILE), "hostile.html");
    light.open(page);
    light.find(By.id("map")).sendKeys("n");
    assertTrue(light.find(By.id("card")).getText().contains("</script><img"));
    assertEquals(0, light.driver.findElements(By.cssSelector("img")).size());
    assertNotEquals("taken", light.driver.getTitle());
    light.assertQuiet(page);
  }

  @Test
  void mapsWithOtherMiddlesMoveTogether() {
    SimilarityMap pacific = map(50).withRegion(new BoundingBox(150, -50, -150, 20));
    Path page = folder.resolve("together.html");
    SideBySide.of(List.of(map(50), pacific)).writeHtml(page);
    light.open(page);
    String maps =
        "const [one, other] = [...document.querySelectorAll('iframe')]"
            + ".map(f => f.contentWindow.earthEmbedMap);";
    light.await(
        () ->
            Boolean.TRUE.equals(
                light.run(
                    maps
                        + "if (!one || !other) return false;"
                        + "one.setView([-10, -120], 5); const there = other.getCenter().lng;"
                        + "other.setView([-10, 200], 5); const back = one.getCenter().lng;"
                        + "return Math.round(there) === 240 && Math.round(back) === -160;")));
  }

  /** Starts a server without tiles, which records requested paths. */
  private static HttpServer serveNoTiles(Set<String> asked) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** No base tile lies beyond 180 degrees. */
  @Test
  void baseTilesGoOnAcrossTheAntimeridian() throws Exception {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    HttpServer server = serveNoTiles(asked);
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort();
      SimilarityMap map =
          map(50)
              .withRegion(new BoundingBox(150, -50, -150, 20))
              .withBaseTiles(new BaseTiles(base + "/{z}/{x}/{y}.png", ""));
      dark.open(write(map, "base.html"));
      // The last and the first of 8 or 16 tiles around the Earth.
      for (String tile : List.of("/(3/7|4/15)/.*", "/[34]/0/.*")) {
        dark.await(() -> asked.stream().anyMatch(path -> path.matches(tile)));
      }
    } finally {
      server.stop(0);
    }
  }

  /** The outer page must allow the requests that its maps may make. */
  @Test
  void mapsBesideOneAnotherShowTheirBaseTiles() throws Exception {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    HttpServer server = serveNoTiles(asked);
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort();
      List<SimilarityMap> maps = new ArrayList<>();
      for (String name : List.of("one", "other")) {
        maps.add(map(50).withBaseTiles(new BaseTiles(base + "/" + name + "/{z}/{x}/{y}.png", "")));
      }
      Path page = folder.resolve("beside.html");
      SideBySide.of(maps).writeHtml(page);
      dark.open(page);
      dark.await(() -> asked.stream().map(path -> path.split("/", 3)[1]).distinct().count() == 2);
    } finally {
      server.stop(0);
    }
  }
}
