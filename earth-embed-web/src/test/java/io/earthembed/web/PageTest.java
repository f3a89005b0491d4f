package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.testkit.browser.Browser;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The explorer's page in a real browser, before a real server: clicks, types, drops and drags. */
class PageTest {
  private static final String RIVER = "a satellite image of a river";

  /** The colors of the largest cluster and of the second. */
  private static final int LARGEST = 0x4E79A7, SECOND = 0xF28E2B;

  private static final Pattern PLACE = Pattern.compile("([0-9.]+)° ([NS]), ([0-9.]+)° ([EW])");

  @TempDir static Path folder;
  private static DemoEarth earth;
  private static ExplorerServer server;
  private static Browser browser;
  private static EarthExplorer later;

  @BeforeAll
  static void start() {
    browser = Browser.open(false);
    browser.driver.manage().window().setSize(new org.openqa.selenium.Dimension(1440, 900));
    earth = new DemoEarth(folder, 120);
    later = earth.later();
    server =
        ExplorerServer.builder()
            .add(earth.served())
            .add(ServedExplorer.of("second", earth.explorer()).withTitle("The second"))
            .add(ServedExplorer.of("later", later).withTitle("A year later"))
            .add(
                ServedExplorer.loadedBy(
                    "broken",
                    () -> {
                      throw new IllegalArgumentException("there is no such folder");
                    }))
            .start(0);
    browser.command(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", folder.resolve("home").toString()));
  }

  @AfterAll
  static void stop() {
    if (browser != null) browser.close();
    if (server != null) server.close();
    if (later != null) later.close();
    if (earth != null) earth.close();
  }

  // --- what a person does
  // -------------------------------------------------------------------------

  private static void open(String query) {
    browser.open(URI.create(server.address() + query));
    browser.await(() -> browser.driver.findElements(By.cssSelector("[data-ready]")).size() == 1);
    if (!query.isEmpty()) awaitAnswer();
  }

  /** Waits until a search has ended. */
  private static void awaitAnswer() {
    browser.await(
        () ->
            "Search".equals(browser.find(By.id("go")).getText())
                && !text("status").startsWith("Searching")
                && !text("status").startsWith("Loading"));
  }

  private static void search(String words) {
    WebElement field = browser.find(By.id("text"));
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), words, Keys.ENTER);
    awaitAnswer();
  }

  private static void click(String id) {
    browser.find(By.id(id)).click();
  }

  private static void click(List<WebElement> elements, int i) {
    elements.get(i).click();
  }

  private static List<WebElement> all(String css) {
    return browser.driver.findElements(By.cssSelector(css));
  }

  private static String text(String id) {
    return String.valueOf(browser.find(By.id(id)).getDomProperty("textContent"));
  }

  /** Returns the texts of elements, all read at once: the page may replace its list meanwhile. */
  private static List<String> texts(String css) {
    List<String> texts = new ArrayList<>();
    for (Object text :
        (List<?>)
            browser.run(
                "return [...document.querySelectorAll('" + css + "')].map(e => e.textContent)")) {
      texts.add(String.valueOf(text));
    }
    return texts;
  }

  /** Returns the ids of the listed hits, best first. */
  private static List<String> hits() {
    return texts(".hit bdi, td.id bdi");
  }

  /** Returns latitude and longitude of the listed hits. */
  private static List<double[]> places() {
    List<double[]> places = new ArrayList<>();
    for (String line : texts(".hit .faint, td")) {
      Matcher found = PLACE.matcher(line);
      if (!found.matches()) continue;
      double latitude = Double.parseDouble(found.group(1)) * (found.group(2).equals("S") ? -1 : 1);
      double longitude = Double.parseDouble(found.group(3)) * (found.group(4).equals("W") ? -1 : 1);
      places.add(new double[] {latitude, longitude});
    }
    return places;
  }

  private static Object map() {
    browser.frame();
    return browser.run("return document.querySelector('.pane canvas').toDataURL()").hashCode();
  }

  /** Returns how many pixels of the map have a color, given as 0xRRGGBB. */
  private static int drawn(int color) {
    browser.frame();
    String count =
        "const c = document.querySelector('.pane canvas'), copy = document.createElement('canvas');"
            + "copy.width = c.width; copy.height = c.height;"
            + "const context = copy.getContext('2d', {willReadFrequently: true});"
            + "context.drawImage(c, 0, 0);"
            + "const d = context.getImageData(0, 0, c.width, c.height).data; let n = 0;"
            + "for (let i = 0; i < d.length; i += 4)"
            + " if ((d[i] << 16 | d[i + 1] << 8 | d[i + 2]) === "
            + color
            + ") n++; return n";
    return ((Number) browser.run(count)).intValue();
  }

  private static String address() {
    return String.valueOf(browser.driver.getCurrentUrl());
  }

  private static void drag(int fromX, int fromY, int byX, int byY) {
    new Actions(browser.driver)
        .moveToElement(browser.find(By.cssSelector(".leaflet-container")), fromX, fromY)
        .clickAndHold()
        .moveByOffset(byX / 2, byY / 2)
        .moveByOffset(byX - byX / 2, byY - byY / 2)
        .release()
        .perform();
  }

  private static void clickMap(int x, int y) {
    new Actions(browser.driver)
        .moveToElement(browser.find(By.cssSelector(".leaflet-container")), x, y)
        .click()
        .perform();
  }

  // --- the tests
  // ----------------------------------------------------------------------------------

  @Test
  void aTextIsSearchedAndShown() throws Exception {
    open("");
    assertTrue(text("list").contains("broken – could not be loaded: there is no such folder"));
    browser.assertAccessible();
    Object before = map();
    search(RIVER);
    assertEquals(40, hits().size());
    assertTrue(hits().subList(0, 5).stream().allMatch(id -> id.startsWith("river-")), "" + hits());
    assertEquals("Best 40 of 120", text("results-title"));
    browser.await(() -> text("status").contains("shown after"));
    assertTrue(text("status").matches(".*ms.*shown after [0-9.<]+ m?s"), text("status"));
    assertNotEquals(before, map());
    assertTrue(address().endsWith("?q=a+satellite+image+of+a+river"), address());
    browser.await(() -> all(".hit img").size() >= 4);
    browser.assertAccessible();
    browser.assertQuiet(server.address());
    browser.keep("explorer.png");
  }

  @Test
  void partsHaveWeightsAndMayLeadAway() {
    open("?q=a+satellite+image+of+a+river");
    List<String> rivers = hits();
    click("add-text");
    WebElement words = browser.find(By.cssSelector("#parts input[type=text]"));
    words.sendKeys("a satellite image of snow");
    WebElement weight = browser.find(By.cssSelector("#parts input[type=number]"));
    weight.sendKeys(Keys.chord(Keys.CONTROL, "a"), "3");
    click("go");
    awaitAnswer();
    List<String> towards = hits();
    assertNotEquals(rivers, towards);
    browser
        .find(By.cssSelector("#parts input[type=number]"))
        .sendKeys(Keys.chord(Keys.CONTROL, "a"), "-3", Keys.ENTER);
    awaitAnswer();
    assertTrue(address().contains("p=text%3A-3%3Aa+satellite+image+of+snow"), address());
    assertNotEquals(towards, hits());
    assertEquals(1, all(".part.minus").size());
    browser.assertAccessible();
    browser.find(By.cssSelector("#parts [aria-label^=Remove]")).click();
    click("go");
    awaitAnswer();
    assertEquals(rivers, hits());
    browser.assertQuiet(server.address());
  }

  @Test
  void aPlaceIsTypedOrClicked() {
    open("");
    search("30.2, 120.1");
    assertEquals("30.200, 120.100", browser.find(By.cssSelector(".part .name")).getText());
    browser.find(By.cssSelector("#parts [aria-label^=Remove]")).click();

    click("add-place");
    browser.find(By.id("place-lat")).sendKeys("100");
    browser.find(By.id("place-lon")).sendKeys("10", Keys.ENTER);
    assertTrue(text("place-error").startsWith("Latitude is from -90 to 90"));
    browser.find(By.id("place-lat")).sendKeys(Keys.chord(Keys.CONTROL, "a"), "-10", Keys.ENTER);
    awaitAnswer();
    assertEquals("-10.000, 10.000", browser.find(By.cssSelector(".part .name")).getText());
    browser.find(By.cssSelector("#parts [aria-label^=Remove]")).click();

    click("add-place");
    click("place-pick");
    clickMap(0, 0);
    awaitAnswer();
    String name = browser.find(By.cssSelector(".part .name")).getText();
    for (String value : name.split(", ")) assertEquals(0, Double.parseDouble(value), 1, name);
    browser.assertQuiet(server.address());
  }

  @Test
  void aClickOnTheMapOffersASearchThere() {
    open("");
    // The north pole's row has no tile.
    clickMap(0, -200);
    WebElement card = browser.find(By.id("card"));
    assertTrue(card.getText().contains("Search here"), card.getText());
    card.findElement(By.xpath(".//button[text()='Search here']")).click();
    awaitAnswer();
    assertEquals(1, all(".part").size());
    assertEquals(40, hits().size());
    browser.assertQuiet(server.address());
  }

  private static byte[] picture(int row) throws IOException {
    URI address = URI.create(server.address() + "api/explorers/demo/tiles/" + row + "/picture");
    try (var in = address.toURL().openStream()) {
      return in.readAllBytes();
    }
  }

  @Test
  void picturesAreChosenDroppedAndPasted() throws Exception {
    Path good = folder.resolve("good.png");
    Files.write(good, picture(7));
    Path bad = folder.resolve("bad.png");
    Files.writeString(bad, "no picture");
    open("");
    browser.find(By.id("file")).sendKeys(good.toString());
    browser.await(() -> hits().size() == 40);
    awaitAnswer();
    assertEquals(1, all(".part img").size());
    assertTrue(hits().get(0).contains("-7@"), hits().get(0));
    browser.assertQuiet(server.address());

    browser.find(By.cssSelector("#parts [aria-label^=Remove]")).click();
    // One of the two is no picture: it says so, and the other is searched.
    drop("drop", good, bad);
    browser.await(() -> all(".part .error").size() == 1);
    awaitAnswer();
    assertEquals(2, all(".part").size());
    assertTrue(hits().get(0).contains("-7@"), hits().get(0));

    open("");
    drop("paste", good);
    browser.await(() -> hits().size() == 40);
    assertEquals(1, all(".part img").size());
  }

  /** Drops or pastes files on the page. WebDriver has no means for either. */
  private static void drop(String kind, Path... files) throws IOException {
    List<String> names = new ArrayList<>();
    List<String> bytes = new ArrayList<>();
    for (Path file : files) {
      names.add(file.getFileName().toString());
      bytes.add(java.util.Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
    }
    browser.driver.executeScript(
        "const [kind, names, bytes] = arguments, data = new DataTransfer(); names.forEach((name, i)"
            + " => data.items.add(new File([Uint8Array.from(atob(bytes[i]), c =>"
            + " c.charCodeAt(0))], name, {type: 'image/png'})));"
            + "if (kind === 'paste') document.body.dispatchEvent(new ClipboardEvent('paste',"
            + " {clipboardData: data, bubbles: true, cancelable: true})); else for (const type of"
            + " ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type,"
            + " {dataTransfer: data, bubbles: true, cancelable: true}));",
        kind,
        names,
        bytes);
  }

  @Test
  void mapsOfSeveralModelsMoveTogether() throws Exception {
    open("?q=a+satellite+image+of+a+river");
    click("models-pill");
    List<WebElement> boxes = all("#model-list input");
    assertEquals(4, boxes.size());
    assertFalse(boxes.get(3).isEnabled());
    assertTrue(text("model-list").contains("there is no such folder"));
    boxes.get(1).click();
    new Actions(browser.driver).sendKeys(Keys.ESCAPE).perform();
    awaitAnswer();
    browser.await(() -> all(".pane").size() == 2 && all("[role=tab]").size() == 2);
    assertTrue(address().contains("m=demo&m=second"), address());
    String views = "return [...document.querySelectorAll('.pane canvas')].map(c => c.toDataURL())";
    browser.frame();
    List<?> before = (List<?>) browser.run(views);
    drag(0, 0, 90, 40);
    browser.frame();
    List<?> after = (List<?>) browser.run(views);
    for (int i = 0; i < 2; i++) assertNotEquals(before.get(i), after.get(i), "map " + i);
    click(all("[role=tab]"), 1);
    assertEquals("true", all("[role=tab]").get(1).getDomAttribute("aria-selected"));
    browser.assertAccessible();
    browser.keep("explorer-two.png");
    browser.assertQuiet(server.address());
  }

  @Test
  void datesAreFilteredInsideTheSearch() {
    open("?q=a+satellite+image+of+a+river");
    click("dates-pill");
    assertTrue(text("dates-known").contains("2024-01-01"), text("dates-known"));
    setDate("from", "2024-03-01");
    setDate("to", "2024-02-01");
    click("dates-apply");
    assertEquals("The first date is after the last.", text("dates-error"));
    setDate("to", "2024-03-10");
    click("dates-apply");
    awaitAnswer();
    browser.await(() -> hits().size() == 9);
    for (String about : texts(".hit .about")) {
      assertTrue(about.matches(".* · 2024-03-(0[1-9]|10)[0-9]+\\.[0-9]{4}°.*"), about);
    }
    assertTrue(text("list").contains("tiles of unknown date were left out"));
    assertEquals("2024-03-01 – 2024-03-10", text("dates-pill"));
    click("clear-filters");
    awaitAnswer();
    browser.await(() -> hits().size() == 40);
    browser.assertQuiet(server.address());
  }

  private static void openAnalyses(String kind) {
    click("analyze-pill");
    browser.await(() -> browser.find(By.id("analyze-menu")).isDisplayed());
    click("analyze-" + kind);
  }

  /** Presses Show in the menu of analyses. */
  private static void analyze() {
    browser.find(By.cssSelector("#analyze-form button.primary")).click();
  }

  @Test
  void changesAreFoundBetweenTwoExplorers() throws Exception {
    open("?m=later");
    openAnalyses("changes");
    browser.find(By.cssSelector("#earlier option[value=demo]")).click();
    setDate("before-from", "2024-03-01");
    setDate("before-to", "2024-02-01");
    analyze();
    assertEquals("The first date is after the last.", text("analyze-error"));
    setDate("before-from", "");
    setDate("before-to", "");
    analyze();
    awaitAnswer();
    browser.await(() -> hits().size() == 40 && address().contains("find=changes"));
    List<String> changed = hits();
    for (int i = 0; i < 40; i++) {
      assertEquals(i < 12, changed.get(i).startsWith("river-"), i + ": " + changed.get(i));
    }
    assertTrue(address().contains("earlier=demo"), address());
    assertEquals(
        "Change: since Generated landscapes",
        browser.find(By.cssSelector(".part .name")).getText());
    browser.assertAccessible();
    browser.keep("explorer-changes.png");

    // A change opens with the earlier tile beside the later one.
    click(all(".hit .open"), 0);
    browser.await(() -> all("#tile-dialog .shot img").size() == 2);
    assertTrue(text("tile-title").startsWith("#1 · "), text("tile-title"));
    assertTrue(text("tile-title").endsWith(" · before and after"), text("tile-title"));
    assertEquals(List.of(changed.get(0), changed.get(0)), ids("#tile-dialog dd"));
    browser.assertAccessible();
    click("tile-next");
    browser.await(() -> text("tile-title").startsWith("#2 · ") && address().contains("tile="));
    click("tile-close");
    // The address follows a quarter of a second later; with the tile in it, it would open the tile.
    browser.await(() -> !address().contains("tile="));

    click(all(".foot button"), 0);
    browser.await(() -> hits().size() == 80);
    assertEquals(80, hits().stream().distinct().count());
    String shared = address();
    browser.open(URI.create("about:blank"));
    browser.open(URI.create(shared));
    browser.await(() -> hits().equals(changed));

    // Only rivers changed, so those are the changes like that of one of them.
    String third = changed.get(2);
    click(all(".hit .more"), 2);
    browser.await(() -> address().contains("like=") && hits().get(0).equals(third));
    assertEquals(Set.copyOf(changed.subList(0, 12)), Set.copyOf(hits().subList(0, 12)));
    assertTrue(
        browser.find(By.cssSelector(".part .name")).getText().startsWith("Changes like that of "));
    Path home = folder.resolve("home");
    for (Path file : files(home)) Files.delete(file);
    click("export-open");
    browser.find(By.cssSelector("#export-formats input[value=csv]")).click();
    click("export-go");
    browser.await(() -> files(home).size() == 1);
    assertTrue(read(home, ".*\\.csv").contains(third));
    click("export-close");
    // A query takes the place of an analysis.
    search(RIVER);
    browser.await(() -> !address().contains("find="));
    assertEquals(List.of(), all(".part"));
    browser.assertQuiet(server.address());
  }

  private static List<String> ids(String css) {
    return texts(css).stream().filter(words -> words.matches("[a-z]+-[0-9]+@.*")).toList();
  }

  @Test
  void outliersAreFoundWithinTheFilters() {
    open("");
    browser.find(By.xpath("//div[@id='list']//button[text()='Outliers']")).click();
    browser.await(() -> browser.find(By.id("neighbors")).isDisplayed());
    WebElement neighbors = browser.find(By.id("neighbors"));
    neighbors.sendKeys(Keys.chord(Keys.CONTROL, "a"), "0");
    analyze();
    assertEquals("Give a whole number or value from 1 to 100.", text("analyze-error"));
    neighbors.sendKeys(Keys.chord(Keys.CONTROL, "a"), "5");
    analyze();
    awaitAnswer();
    browser.await(() -> hits().size() == 40);
    assertTrue(address().contains("find=outliers&neighbors=5"), address());
    SearchResult expected = earth.explorer().outliers(5, SearchOptions.top(40));
    assertEquals(expected.hits().stream().map(hit -> hit.tile().id()).toList(), hits());
    openAttributes();
    attribute("kind", "input[@value='river']").click();
    click("attributes-apply");
    awaitAnswer();
    browser.await(
        () -> !hits().isEmpty() && hits().stream().allMatch(id -> id.startsWith("river-")));
    assertTrue(address().contains("find=outliers"), address());
    browser.assertQuiet(server.address());
  }

  @Test
  void clustersHaveColorsOfTheirOwn() throws Exception {
    open("");
    openAnalyses("clusters");
    WebElement count = browser.find(By.id("clusters"));
    count.sendKeys(Keys.chord(Keys.CONTROL, "a"), "13");
    analyze();
    assertEquals("Give a whole number or value from 1 to 12.", text("analyze-error"));
    count.sendKeys(Keys.chord(Keys.CONTROL, "a"), "4");
    analyze();
    awaitAnswer();
    browser.await(() -> all(".cluster").size() == 4);
    assertEquals("4 clusters of 120 tiles", text("results-title"));
    int tiles = 0;
    for (String words : texts(".cluster .faint")) tiles += Integer.parseInt(words.split(" ")[0]);
    assertEquals(120, tiles);
    assertEquals(16, all(".typical button").size());
    assertFalse(browser.find(By.id("threshold")).isDisplayed());
    browser.await(() -> drawn(LARGEST) > 0);
    browser.assertAccessible();
    browser.keep("explorer-clusters.png");

    click(all(".cluster"), 1);
    assertEquals("true", all(".cluster").get(1).getDomAttribute("aria-pressed"));
    browser.await(() -> drawn(LARGEST) == 0 && drawn(SECOND) > 0);
    click(all(".cluster"), 1);
    assertEquals("false", all(".cluster").get(1).getDomAttribute("aria-pressed"));
    browser.await(() -> drawn(LARGEST) > 0 && drawn(SECOND) > 0);
    click(all(".typical button"), 0);
    browser.await(() -> all("#tile-dialog .shot img").size() == 1);
    click("tile-close");
    search(RIVER);
    browser.await(() -> hits().size() == 40);
    assertTrue(browser.find(By.id("threshold")).isDisplayed());
    browser.assertQuiet(server.address());
  }

  /** Opens the menu of attributes, and all attributes in it. */
  private static void openAttributes() {
    click("attributes-pill");
    browser.await(() -> browser.find(By.id("attributes-menu")).isDisplayed());
    browser.run(
        "document.querySelectorAll('#attributes-list details').forEach(d => d.open = true);"
            + "return 0");
  }

  private static WebElement attribute(String name, String css) {
    return browser.find(By.xpath("//details[summary[contains(., '" + name + "')]]//" + css));
  }

  /** Returns the attributes of the listed hits that the table has in a column. */
  private static List<String> column(String name) {
    int at = texts("thead th").indexOf(name) + 1;
    return texts("tbody td:nth-child(" + at + ")");
  }

  @Test
  void attributesAreShownAndFiltered() throws Exception {
    open("?q=a+satellite+image+of+a+river&layout=table");
    assertEquals(40, column("kind").size());
    assertTrue(column("kind").containsAll(List.of("river", "–")), "" + column("kind"));
    openAttributes();
    attribute("kind", "input[@value='river']").click();
    attribute("kind", "input[@value='lake']").click();
    attribute("number", "label[contains(., 'At least')]/input").sendKeys("10");
    attribute("number", "label[contains(., 'At most')]/input").sendKeys("5");
    click("attributes-apply");
    assertEquals("number: the least is above the most", text("attributes-error"));
    browser.assertAccessible();
    browser.keep("explorer-attributes.png");
    attribute("number", "label[contains(., 'At most')]/input").sendKeys("0");
    click("attributes-apply");
    browser.await(() -> address().contains("attributes="));
    awaitAnswer();
    browser.await(() -> Set.copyOf(column("kind")).equals(Set.of("river", "lake")));
    for (String number : column("number")) {
      assertTrue(Integer.parseInt(number) >= 10 && Integer.parseInt(number) <= 50, number);
    }
    assertEquals("2 attributes", text("attributes-pill"));
    List<String> found = hits();
    String shared = address();

    openAttributes();
    attribute("third", "option[@value='yes']").click();
    attribute("share", "option[@value='without']").click();
    click("attributes-apply");
    awaitAnswer();
    browser.await(() -> Set.copyOf(column("third")).equals(Set.of("yes")));
    assertEquals(Set.of("–"), Set.copyOf(column("share")));

    browser.open(URI.create(shared));
    browser.await(() -> hits().equals(found));
    assertEquals("2 attributes", text("attributes-pill"));
    click("as-gallery");
    assertTrue(texts(".hit .facts").get(0).startsWith("kind "), "" + texts(".hit .facts"));
    click(all(".hit .open"), 0);
    browser.await(() -> browser.find(By.id("tile-dialog")).isDisplayed());
    assertTrue(texts("#tile-dialog dt").containsAll(List.of("kind", "number", "third")));
    click("tile-close");
    click("clear-filters");
    browser.await(() -> hits().size() == 40);
    assertEquals("Attributes", text("attributes-pill"));
    browser.assertQuiet(server.address());
  }

  @Test
  void integersBeyondThoseOfJavaScriptAreExact() throws Exception {
    open("?q=a+satellite+image+of+a+river&layout=table");
    List<String> numbers = column("number");
    List<String> serials = column("serial");
    assertEquals(40, serials.size());
    for (int i = 0; i < 40; i++) {
      assertEquals(DemoEarth.SERIAL + Long.parseLong(numbers.get(i)) + "", serials.get(i));
    }
    openAttributes();
    String tenth = DemoEarth.SERIAL + 10 + "";
    attribute("serial", "label[contains(., 'At least')]/input").sendKeys(tenth);
    attribute("serial", "label[contains(., 'At most')]/input").sendKeys(tenth);
    click("attributes-apply");
    browser.await(() -> column("serial").equals(List.of(tenth)));
    String pill = text("attributes-pill"); // shortened in its middle
    assertTrue(pill.startsWith("serial: 9007") && pill.endsWith(" – " + tenth), pill);
    String shared = address();
    browser.open(URI.create("about:blank"));
    browser.open(URI.create(shared));
    browser.await(() -> column("serial").equals(List.of(tenth)));
    browser.assertQuiet(server.address());
  }

  @Test
  void attributesOfAWrongAddressAreLeftOut() {
    open("?q=a+satellite+image+of+a+river&attributes=%7B%22kind%22%3A%5B%5D%7D");
    assertEquals(40, hits().size());
    assertEquals("Attributes", text("attributes-pill"));
    browser.assertQuiet(server.address());
  }

  /** Types a date as the browser's language orders it. */
  private static void setDate(String id, String date) {
    browser.driver.executeScript(
        "const e = document.getElementById(arguments[0]); e.value = arguments[1];"
            + "e.dispatchEvent(new Event('input'))",
        id,
        date);
  }

  @Test
  void areasAreDrawnOnTheMap() throws Exception {
    open("?q=a+satellite+image+of+a+river");
    click("area-pill");
    click("draw-box");
    drag(-200, -80, 150, 120);
    awaitAnswer();
    browser.await(() -> address().contains("box="));
    double[] box = numbers(address(), "box");
    assertTrue(box[0] < box[2] && box[1] < box[3], Arrays.toString(box));
    assertFalse(places().isEmpty());
    for (double[] place : places()) {
      assertTrue(place[1] >= box[0] && place[1] <= box[2], Arrays.toString(place));
      assertTrue(place[0] >= box[1] && place[0] <= box[3], Arrays.toString(place));
    }
    assertEquals("Box", text("area-pill"));
    browser.keep("explorer-box.png");

    click("area-pill");
    click("draw-circle");
    drag(100, 0, 60, 60);
    browser.await(() -> address().contains("circle="));
    awaitAnswer();
    assertTrue(text("area-pill").startsWith("Circle, "));

    click("area-pill");
    click("draw-polygon");
    clickMap(-100, -100);
    clickMap(150, -80);
    clickMap(50, 100);
    click("drawing-done");
    browser.await(() -> address().contains("polygon="));
    awaitAnswer();
    int inside = places().size();
    assertTrue(inside > 0 && inside < 40, "in the polygon: " + inside);

    click("area-pill");
    WebElement typed = browser.find(By.id("area-text"));
    typed.sendKeys(Keys.chord(Keys.CONTROL, "a"), "box 1 2 3");
    click("area-apply");
    assertEquals("This is no area: box 1 2 3", text("area-error"));
    // Across the antimeridian.
    typed.sendKeys(Keys.chord(Keys.CONTROL, "a"), "box 150 -60 -150 60");
    click("area-apply");
    awaitAnswer();
    browser.await(() -> address().contains("box=150"));
    assertFalse(places().isEmpty());
    for (double[] place : places()) assertTrue(Math.abs(place[1]) >= 150);
    browser.assertQuiet(server.address());
  }

  private static double[] numbers(String address, String name) {
    Matcher found = Pattern.compile("[?&]" + name + "=([^&]*)").matcher(address);
    assertTrue(found.find(), address);
    return Stream.of(found.group(1).split("%2C")).mapToDouble(Double::parseDouble).toArray();
  }

  @Test
  void theThresholdChangesMapAndCountAtOnce() {
    open("?q=a+satellite+image+of+a+river");
    browser.await(() -> text("count").equals("60 of 120"));
    Object before = map();
    WebElement slider = browser.find(By.id("slider"));
    slider.sendKeys(Keys.END);
    assertEquals("1 of 120", text("count"));
    assertNotEquals(before, map());
    slider.sendKeys(Keys.HOME);
    assertEquals("120 of 120", text("count"));
    WebElement limit = browser.find(By.id("limit"));
    limit.sendKeys(Keys.chord(Keys.CONTROL, "a"), "250", Keys.TAB);
    assertEquals("30 of 120", text("count"));
    browser.find(By.cssSelector("#unit option[value=score]")).click();
    assertEquals("30 of 120", text("count"));
    browser.find(By.id("limit")).sendKeys(Keys.chord(Keys.CONTROL, "a"), "-1", Keys.TAB);
    assertEquals("120 of 120", text("count"));
    browser.await(() -> address().contains("score=-1"));
    browser.assertQuiet(server.address());
  }

  @Test
  void wordsOfAnyLengthMoveNothing() {
    String places =
        "return ['filters', 'maps', 'list', 'area-pill'].map(id => {"
            + "const b = document.getElementById(id).getBoundingClientRect();"
            + "return [id, b.x, b.y, b.width, b.height].join(' ') }).join('; ')";
    try {
      for (int width : new int[] {390, 1280}) {
        browser.command(
            "Emulation.setDeviceMetricsOverride",
            Map.of("width", width, "height", 844, "deviceScaleFactor", 1, "mobile", false));
        open("");
        Object before = browser.run(places);
        browser.run(
            "const s = document.getElementById('status'); s.classList.add('busy');"
                + "s.textContent = 'pictures 1 of 40 '.repeat(20); return true");
        assertEquals(before, browser.run(places));
      }
    } finally {
      browser.command("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  @Test
  void anyNumberOfHitsIsListed() throws Exception {
    open("?q=a+satellite+image+of+a+river");
    WebElement more = browser.find(By.cssSelector(".foot button"));
    more.click();
    browser.await(() -> hits().size() == 80);
    browser.find(By.cssSelector(".foot button")).click();
    browser.await(() -> hits().size() == 120);
    assertEquals(120, hits().stream().distinct().count());
    assertEquals(List.of(), all(".foot button"));
    assertTrue(all(".hit img").size() < 120, "pictures are read on demand");
    click("as-table");
    assertEquals(120, all("tbody tr").size());
    assertTrue(address().contains("layout=table") || text("list").contains("river-"));
    browser.assertAccessible();
    browser.keep("explorer-table.png");
    browser.assertQuiet(server.address());
  }

  @Test
  void tilesAreOpenedComparedAndFollowed() throws Exception {
    open("?q=a+satellite+image+of+a+river");
    click(all(".hit .open"), 1);
    browser.await(() -> all("#tile-dialog .shot img").size() == 1);
    assertTrue(text("tile-title").startsWith("#2 · "));
    Object crop = all("#tile-dialog .shot img").get(0).getDomAttribute("src");
    click("view-tile");
    browser.await(() -> all("#tile-dialog .shot img").size() == 1);
    assertNotEquals(crop, all("#tile-dialog .shot img").get(0).getDomAttribute("src"));
    browser.find(By.cssSelector("#bands option[value^=B08]")).click();
    browser.await(() -> all("#tile-dialog .shot img").size() == 1);
    browser.assertAccessible();
    browser.keep("explorer-tile.png");
    click("tile-next");
    assertTrue(text("tile-title").startsWith("#3 · "));
    new Actions(browser.driver).sendKeys(Keys.ESCAPE).perform();
    assertFalse(browser.find(By.id("tile-dialog")).isDisplayed());

    assertFalse(browser.find(By.id("selection")).isDisplayed());
    click(all("[data-select]"), 0);
    assertFalse(browser.find(By.id("compare")).isEnabled());
    click(all("[data-select]"), 2);
    click("compare");
    browser.await(() -> all("#tile-dialog .shot img").size() == 2);
    browser.assertAccessible();
    browser.keep("explorer-compare.png");
    click("tile-close");

    String third = hits().get(2);
    click(all(".hit .more"), 2);
    awaitAnswer();
    browser.await(() -> hits().size() == 40 && hits().get(0).equals(third));
    assertTrue(address().contains("?p=tile%3A1%3A"), address());
    browser.assertQuiet(server.address());
  }

  @Test
  void theSearchLearnsFromGoodAndBadTiles() {
    open("?q=a+satellite+image+of+a+river");
    String bad = hits().get(0);
    String good = hits().get(30);
    click(all("[data-judge=bad]"), 0);
    for (int i = 30; i < 33; i++) click(all("[data-judge=good]"), i);
    assertEquals("3 good, 1 bad", text("feedback-text"));
    click("learn");
    awaitAnswer();
    browser.await(() -> hits().indexOf(good) < 10 && hits().size() == 40);
    assertNotEquals(bad, hits().get(0));
    click("forget");
    awaitAnswer();
    browser.await(() -> hits().size() == 40 && hits().get(0).equals(bad));
    browser.assertQuiet(server.address());
  }

  @Test
  void thePageSaysWhatLearnedAndWhatToMarkNext() {
    open("?q=a+satellite+image+of+a+river");
    click(all("[data-judge=good]"), 0);
    click("learn");
    awaitAnswer();
    browser.await(() -> text("list").contains("The marks moved the query (Rocchio)"));
    Set<String> marked = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      marked.add(hits().get(i));
      if (i > 0) click(all("[data-judge=good]"), i);
    }
    click("learn");
    awaitAnswer();
    browser.await(() -> text("list").contains("Ranked by a logistic regression of the marks."));
    click("label-next");
    awaitAnswer();
    browser.await(() -> text("list").contains("nearest to the decision boundary"));
    assertEquals(24, hits().size());
    for (String hit : hits()) assertFalse(marked.contains(hit), hit);
    browser.assertQuiet(server.address());
  }

  @Test
  void hitsAreTakenHome() throws Exception {
    open("?q=a+satellite+image+of+a+river&mille=50");
    Path home = folder.resolve("home");
    for (String format : List.of("geojson", "csv", "kml", "geoparquet", "stac", "zip")) {
      int before = files(home).size();
      click("export-open");
      browser.find(By.cssSelector("#export-formats input[value=" + format + "]")).click();
      click("export-go");
      browser.await(() -> text("export-status").startsWith("Saved "));
      browser.await(() -> files(home).size() == before + 1);
      if (format.equals("geojson")) browser.assertAccessible();
      click("export-close");
    }
    String geojson = read(home, ".*\\.geojson");
    assertEquals(6, geojson.split("\"Feature\"", -1).length - 1);
    String csv = read(home, ".*\\.csv");
    assertTrue(csv.contains(hits().get(0)), csv);

    click(all("[data-select]"), 4);
    for (Path file : files(home)) Files.delete(file);
    click("export-open");
    assertTrue(text("export-scopes").startsWith("The 1 selected"), text("export-scopes"));
    browser.find(By.cssSelector("#export-formats input[value=csv]")).click();
    click("export-go");
    browser.await(() -> files(home).size() == 1);
    csv = read(home, ".*\\.csv");
    assertTrue(csv.contains(hits().get(4)) && !csv.contains(hits().get(0)), csv);
    browser.assertQuiet(server.address());
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.toString().endsWith(".crdownload")).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String read(Path folder, String pattern) throws IOException {
    for (Path file : files(folder)) {
      if (file.getFileName().toString().matches(pattern)) {
        return Files.readString(file, StandardCharsets.UTF_8);
      }
    }
    return "none of " + files(folder) + " matches " + pattern;
  }

  /** Returns a tile's title without its rank, which good and bad tiles change. */
  private static String cell(String title) {
    return title.substring(title.indexOf('·') + 1);
  }

  @Test
  void theAddressHoldsTheWholeState() {
    open(
        "?q=a+satellite+image+of+a+river&p=text:-0.5:snow&p=place:0.5:30,120&from=2024-01-05"
            + "&circle=0,0,9000000&apart=100&mille=300&layout=table&at=10,-40,2");
    List<String> hits = hits();
    assertFalse(hits.isEmpty());
    click(all("[data-judge=good]"), 1);
    click(all("td button.open"), 2);
    browser.await(() -> address().contains("tile=") && address().contains("good="));
    String shared = address();
    String count = text("count");
    Object shown = map();
    String title = text("tile-title");
    browser.open(URI.create("about:blank"));
    browser.open(URI.create(shared));
    browser.await(() -> browser.driver.findElements(By.cssSelector("[data-ready]")).size() == 1);
    awaitAnswer();
    browser.await(() -> cell(text("tile-title")).equals(cell(title)));
    assertEquals(count, text("count"));
    assertEquals(2, all(".part").size());
    assertEquals("1 good, 0 bad", text("feedback-text"));
    // The good tile takes part in this search.
    assertNotEquals(List.of(), hits());
    assertTrue(all("tbody tr").size() > 0);
    assertEquals(shared, address());
    assertNotEquals(null, shown);
  }

  @Test
  void backLeadsToTheSearchBefore() {
    open("");
    search(RIVER);
    List<String> rivers = hits();
    search("a satellite image of snow");
    browser.await(() -> !hits().equals(rivers) && hits().size() == 40);
    browser.driver.navigate().back();
    browser.await(() -> hits().equals(rivers));
    assertEquals(RIVER, browser.find(By.id("text")).getDomProperty("value"));
    // The list of recent queries has both.
    WebElement field = browser.find(By.id("text"));
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
    assertTrue(text("suggestions").contains("Recent" + RIVER), text("suggestions"));
    browser.assertAccessible();
    field.sendKeys(Keys.ARROW_DOWN, Keys.NULL);
    browser.assertQuiet(server.address());
  }

  @Test
  void canBeUsedWithKeysAlone() {
    open("");
    browser.run("document.activeElement.blur(); return 0");
    new Actions(browser.driver).sendKeys("/").perform();
    new Actions(browser.driver).sendKeys(RIVER, Keys.ENTER).perform();
    awaitAnswer();
    browser.await(() -> hits().size() == 40);
    WebElement map = browser.find(By.cssSelector(".leaflet-container"));
    map.sendKeys("n", "n");
    assertTrue(text("status").startsWith("#2, "), text("status"));
    map.sendKeys(Keys.ENTER);
    browser.await(() -> browser.find(By.id("tile-dialog")).isDisplayed());
    assertTrue(text("tile-title").startsWith("#2 · "));
    new Actions(browser.driver).sendKeys(Keys.ARROW_RIGHT).perform();
    browser.await(() -> text("tile-title").startsWith("#3 · "));
    new Actions(browser.driver).sendKeys(Keys.ESCAPE).perform();
    assertFalse(browser.find(By.id("tile-dialog")).isDisplayed());
    Object before = map();
    map.sendKeys("0");
    assertNotEquals(before, map());
    new Actions(browser.driver).sendKeys("?").perform();
    assertTrue(browser.find(By.id("help-dialog")).isDisplayed());
    browser.assertAccessible();
    browser.assertQuiet(server.address());
  }

  @Test
  void speaksChineseAndRemembersIt() throws Exception {
    open("");
    try {
      click("language");
      assertEquals("地球探索", browser.driver.getTitle());
      assertEquals("zh-CN", browser.run("return document.documentElement.lang"));
      browser.driver.navigate().refresh();
      browser.await(() -> text("go").equals("搜索"));
      browser.assertAccessible();
    } finally {
      browser.run("localStorage.clear(); return 0");
    }
  }

  @Test
  void isDarkOnRequest() throws Exception {
    open("?q=a+satellite+image+of+a+river");
    try {
      click("theme");
      assertEquals("dark", browser.run("return document.documentElement.dataset.theme"));
      browser.assertAccessible();
      browser.keep("explorer-dark.png");
    } finally {
      browser.run("localStorage.clear(); return 0");
    }
  }

  @Test
  void canBeUsedOnATelephone() throws Exception {
    try {
      browser.command(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", 390, "height", 844, "deviceScaleFactor", 1, "mobile", true));
      open("?q=a+satellite+image+of+a+river");
      assertEquals(390L, browser.run("return document.documentElement.scrollWidth"));
      browser.assertAccessible();
      browser.keep("explorer-telephone.png");
      click(all(".hit .open"), 0);
      browser.await(() -> all("#tile-dialog .shot img").size() == 1);
      assertEquals(390L, browser.run("return document.documentElement.scrollWidth"));
      browser.assertAccessible();
      browser.keep("explorer-telephone-tile.png");
      browser.assertQuiet(server.address());
    } finally {
      browser.command("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  /** Menus, dialogs, errors and notes, each of which a person may have open. */
  @Test
  void everyStateIsAccessible() {
    for (String theme : List.of("light", "dark")) {
      open("?q=a+satellite+image+of+a+river");
      browser.run("document.documentElement.dataset.theme = '" + theme + "'; return 0");
      for (String id :
          List.of("models", "dates", "area", "clouds", "attributes", "apart", "analyze", "place")) {
        click(id.equals("place") ? "add-place" : id + "-pill");
        browser.await(() -> browser.find(By.id(id + "-menu")).isDisplayed());
        if (id.equals("dates")) {
          setDate("from", "2024-03-01");
          setDate("to", "2024-02-01");
          click("dates-apply");
        }
        if (id.equals("attributes")) {
          browser.run(
              "document.querySelectorAll('#attributes-list details').forEach(d => d.open = true);"
                  + "return 0");
        }
        if (id.equals("area")) {
          browser.find(By.id("area-text")).sendKeys("nowhere");
          click("area-apply");
        }
        if (id.equals("place")) {
          browser.find(By.id("place-lat")).sendKeys("100");
          browser.find(By.id("place-lon")).sendKeys("10", Keys.ENTER);
        }
        browser.assertAccessible();
        new Actions(browser.driver).sendKeys(Keys.ESCAPE).perform();
        browser.await(() -> !browser.find(By.id(id + "-menu")).isDisplayed());
      }
      click("export-open");
      browser.assertAccessible();
      click("export-close");
      click("help");
      browser.assertAccessible();
      click("help-close");
      click("area-pill");
      click("draw-polygon");
      browser.assertAccessible();
      click("drawing-cancel");
      click(all("[data-select]"), 0);
      click(all("[data-judge=good]"), 1);
      click("add-text");
      clickMap(0, -200);
      browser.await(() -> browser.find(By.id("card")).isDisplayed());
      click("share");
      browser.await(() -> browser.find(By.id("toast")).isDisplayed());
      browser.assertAccessible();
      click(all("[data-select]"), 0);
    }
    browser.assertQuiet(server.address());
  }

  /** Sends a touch: each point is an offset from the map's middle. */
  private static void touch(int[]... points) throws InterruptedException {
    touch(0, points);
  }

  /** Touches for some milliseconds. */
  private static void touch(int millis, int[]... points) throws InterruptedException {
    List<?> middle =
        (List<?>)
            browser.run(
                "const b = document.querySelector('.leaflet-container').getBoundingClientRect();"
                    + "return [Math.round(b.x + b.width / 2), Math.round(b.y + b.height / 2)]");
    int x = ((Number) middle.get(0)).intValue();
    int y = ((Number) middle.get(1)).intValue();
    for (int i = 0; i < points.length; i++) {
      Map<String, Object> point = Map.of("x", x + points[i][0], "y", y + points[i][1]);
      browser.command(
          "Input.dispatchTouchEvent",
          Map.of("type", i == 0 ? "touchStart" : "touchMove", "touchPoints", List.of(point)));
    }
    Thread.sleep(millis);
    browser.command(
        "Input.dispatchTouchEvent", Map.of("type", "touchEnd", "touchPoints", List.of()));
  }

  /** Clicks: a busy Chromium sends touches to the page, but not always the click that follows. */
  private static void chooseTool(String id) {
    click("area-pill");
    browser.await(() -> browser.find(By.id("area-menu")).isDisplayed());
    click(id);
  }

  @Test
  void areasAreDrawnWithAFinger() throws Exception {
    try {
      browser.command(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", 390, "height", 844, "deviceScaleFactor", 1, "mobile", true));
      browser.command("Emulation.setTouchEmulationEnabled", Map.of("enabled", true));
      open("?q=a+satellite+image+of+a+river");
      chooseTool("draw-box");
      browser.assertAccessible();
      touch(new int[] {-120, -60}, new int[] {-40, 0}, new int[] {90, 60});
      browser.await(() -> address().contains("box="));
      awaitAnswer();
      double[] box = numbers(address(), "box");
      // The map has 390 pixels for 360 degrees.
      assertEquals(-120 * 360 / 390.0, box[0], 1.5, Arrays.toString(box));
      assertEquals(90 * 360 / 390.0, box[2], 1.5, Arrays.toString(box));
      for (double[] place : places()) {
        assertTrue(place[1] >= box[0] && place[1] <= box[2], Arrays.toString(place));
      }
      assertEquals("Box", text("area-pill"));
      browser.keep("explorer-telephone-box.png");

      chooseTool("draw-circle");
      touch(new int[] {0, 0}, new int[] {20, 20}, new int[] {40, 40});
      browser.await(() -> address().contains("circle="));
      awaitAnswer();
      assertTrue(text("area-pill").startsWith("Circle, "));

      chooseTool("draw-polygon");
      for (int[] corner : new int[][] {{-100, -60}, {110, -60}, {100, 50}}) {
        touch(corner[1] > 0 ? 1500 : 0, corner); // one of them is a long press
        Thread.sleep(400); // two quick taps are a double tap
      }
      browser.await(() -> browser.find(By.id("drawing-done")).isDisplayed());
      click("drawing-done");
      browser.await(() -> !browser.find(By.id("drawing")).isDisplayed());
      browser.await(() -> address().contains("polygon="));
      awaitAnswer();
      // Two of the edges have more than 180 degrees, and have corners between.
      assertEquals(14, numbers(address().replace("%3B", "%2C"), "polygon").length);
      assertEquals("", text("query-error"));
      assertFalse(places().isEmpty());
      assertEquals(390L, browser.run("return document.documentElement.scrollWidth"));
      browser.keep("explorer-telephone-polygon.png");
      browser.assertQuiet(server.address());
    } finally {
      browser.command("Emulation.setTouchEmulationEnabled", Map.of("enabled", false));
      browser.command("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  @Test
  void theMapGoesAroundTheEarth() {
    open("?q=a+satellite+image+of+a+river&at=0,180,3");
    String edges =
        "const m = document.querySelector('.leaflet-container').getBoundingClientRect();"
            + "return [m.width, m.height]";
    List<?> size = (List<?>) browser.run(edges);
    int west = -((Number) size.get(0)).intValue() / 4;
    // West of the middle lies Asia, east of it America, without a seam.
    clickMap(west, 0);
    assertTrue(text("card").contains("° E"), text("card"));
    clickMap(-west, 0);
    assertTrue(text("card").contains("° W"), text("card"));
    for (int i = 0; i < 6; i++) drag(200, 0, -400, 0);
    browser.await(() -> address().contains("at="));
    browser.frame();
    double longitude = numbers(address(), "at")[1];
    assertTrue(longitude >= -180 && longitude <= 180, address());
    browser.assertQuiet(server.address());
  }

  @Test
  void errorsAreWordsWhereTheyBelong() {
    open("?p=image:1:00000000000000000000000000000000:lost.png");
    browser.await(() -> text("query-error").contains("no longer kept; upload it again"));
    open("");
    click("go");
    assertEquals("Type what to find, or add a picture or a place.", text("query-error"));
    browser.assertAccessible();
  }
}
