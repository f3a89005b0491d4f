package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.testkit.browser.Browser;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The page with two models that disagree, one of which has tiles of unknown place. */
class PageModelsTest {
  private static EarthExplorer up;
  private static EarthExplorer down;
  private static ExplorerServer server;
  private static Browser browser;

  private static List<TileRecord> tiles(boolean placed) {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      tiles.add(
          new TileRecord(
              "tile-" + i,
              new GridCell(i, i),
              "product-" + i,
              null,
              placed || i % 3 > 0 ? new GeoPoint(i, 2 * i) : null,
              Float.NaN,
              null));
    }
    return tiles;
  }

  @BeforeAll
  static void start() {
    browser = Browser.open(false);
    up = Angles.explorer("up", tiles(true), row -> row * 0.03);
    down = Angles.explorer("down", tiles(false), row -> 0.87 - row * 0.03);
    server =
        ExplorerServer.builder()
            .add(ServedExplorer.of("first", up).withTitle("The first"))
            .add(ServedExplorer.of("second", down).withTitle("The second"))
            .start(0);
  }

  @AfterAll
  static void stop() {
    if (browser != null) browser.close();
    if (server != null) server.close();
    if (up != null) up.close();
    if (down != null) down.close();
  }

  private static void open(String query, int hits) {
    browser.open(URI.create("about:blank"));
    browser.open(URI.create(server.address() + query));
    await(hits);
  }

  private static void await(int hits) {
    browser.await(
        () ->
            all(".hit").size() == hits
                && text("go").equals("Search")
                && text("status").contains("shown after"));
  }

  private static List<WebElement> all(String css) {
    return browser.driver.findElements(By.cssSelector(css));
  }

  private static String text(String id) {
    return String.valueOf(browser.find(By.id(id)).getDomProperty("textContent"));
  }

  private static String first() {
    return browser.find(By.cssSelector(".hit bdi")).getText();
  }

  private static String address() {
    return String.valueOf(browser.driver.getCurrentUrl());
  }

  @Test
  void eachModelHasAThresholdOfItsOwn() {
    open("?q=x&m=first&m=second", 30);
    assertEquals("The first", text("threshold-of"));
    browser.find(By.id("slider")).sendKeys(Keys.END);
    assertEquals("1 of 30", text("count"));
    browser.find(By.xpath("//div[@class='pane']/button[text()='The second']")).click();
    assertEquals("The second", text("threshold-of"));
    assertEquals("true", all("[role=tab]").get(1).getDomAttribute("aria-selected"));
    assertEquals("30 of 30", text("count"));
    browser.find(By.cssSelector("#unit option[value=score]")).click();
    browser.find(By.id("limit")).sendKeys(Keys.chord(Keys.CONTROL, "a"), "0.9955", Keys.TAB);
    assertEquals("4 of 30", text("count"));
    all("[role=tab]").get(0).click();
    assertEquals("1 of 30", text("count"));
    browser.assertAccessible();
    browser.await(() -> address().contains("limit=second%3Ascore%3A0.9955"));
    String shared = address();
    open(shared.substring(shared.indexOf('?')), 30);
    browser.await(() -> text("count").equals("1 of 30"));
    all("[role=tab]").get(1).click();
    assertEquals("4 of 30", text("count"));
    browser.assertQuiet(server.address());
  }

  @Test
  void scoresOfSeveralModelsAreWeighed() throws Exception {
    open("?q=x", 30);
    assertEquals("tile-0", first());
    browser.find(By.id("apart-pill")).click();
    browser.find(By.id("fuse")).click();
    browser.find(By.id("apart-apply")).click();
    await(30);
    browser.find(By.id("add-text")).click();
    browser.find(By.cssSelector("#parts input[type=text]")).sendKeys("y");
    browser
        .find(By.cssSelector("#parts input[type=number]"))
        .sendKeys(Keys.chord(Keys.CONTROL, "a"), "3");
    browser.find(By.cssSelector("#parts select option[value=second]")).click();
    browser.assertAccessible();
    browser.find(By.id("go")).click();
    // The angle of (1, 0) + 3 (cos 0.87, sin 0.87) is 0.663, that is, the tile after 22 steps.
    browser.await(() -> all(".hit").size() == 30 && first().equals("tile-22"));
    browser.keep("explorer-fusion.png");
    browser.await(() -> address().contains("p=text%40second%3A3%3Ay"));
    String shared = address();
    open(shared.substring(shared.indexOf('?')), 30);
    assertEquals("tile-22", first());
    // Feedback moves each part of a fusion.
    all("[data-judge=good]").get(29).click();
    browser.find(By.id("learn")).click();
    await(30);
    assertEquals("", text("query-error"));
    browser.assertQuiet(server.address());
  }

  @Test
  void tilesOfUnknownPlaceAreListedAndFollowed() {
    open("?q=x&m=second", 30);
    assertEquals("tile-29", first());
    assertTrue(text("list").contains("10 tiles have no known place"), text("list"));
    WebElement unplaced = all(".hit").get(2);
    assertTrue(unplaced.getText().contains("no known place"), unplaced.getText());
    new Actions(browser.driver).moveToElement(unplaced).perform();
    WebElement map = browser.find(By.cssSelector(".leaflet-container"));
    map.sendKeys("n", "n", "n");
    assertTrue(text("status").startsWith("#3, "), text("status"));
    assertTrue(text("status").endsWith("no known place"), text("status"));
    unplaced.findElement(By.cssSelector(".open")).click();
    browser.await(() -> browser.find(By.id("tile-dialog")).isDisplayed());
    assertTrue(text("tile-bodies").contains("no known place"), text("tile-bodies"));
    assertEquals(List.of(), browser.driver.findElements(By.xpath("//*[text()='Show on the map']")));
    browser.assertAccessible();
    browser.find(By.xpath("//dialog//button[text()='More like this']")).click();
    browser.await(() -> all(".hit").size() == 30 && first().equals("tile-27"));
    assertNotEquals("", address());
    browser.find(By.id("as-table")).click();
    assertEquals(30, all("tbody tr").size());
    browser.assertQuiet(server.address());
  }
}
