package io.earthembed.testkit.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless browser: Debian's chromium and chromium-driver. Its users depend on Selenium and on
 * axe-core themselves. Not safe for several threads at once.
 */
public final class Browser implements AutoCloseable {
  /** Time for whatever a page does: a test that needs it all has failed. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Selenium's driver, for what this class has no method. */
  public final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /**
   * Starts the browser. If it is not installed, skips the test, or fails in CI.
   *
   * @param dark whether pages are asked for dark colors
   */
  public static Browser open(boolean dark) {
    Path chromium = find("chromium");
    Path driver = find("chromedriver");
    if (chromium == null || driver == null) {
      String words = "skipped: no browser here; install the packages chromium and chromium-driver";
      if (System.getenv("CI") != null) fail(words);
      Assumptions.abort(words);
      throw new IllegalStateException(words);
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-unsafe-swiftshader", // without it, asking for WebGL logs a warning
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--force-device-scale-factor=1",
        "--window-size=1280,860");
    if (dark) options.addArguments("--force-dark-mode");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable("browser", Level.ALL);
    logs.enable("performance", Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build();
    Browser browser = new Browser(new ChromeDriver(service, options));
    browser.driver.manage().timeouts().scriptTimeout(PATIENCE);
    browser.command(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    return browser;
  }

  private static @Nullable Path find(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path file = Path.of(folder.isEmpty() ? "." : folder, program);
      if (Files.isExecutable(file)) return file;
    }
    return null;
  }

  /** Sends a command of the Chrome DevTools Protocol. */
  public void command(String name, Map<String, Object> arguments) {
    driver.executeCdpCommand(name, arguments);
  }

  /** Opens a page from disk. */
  public void open(Path page) {
    open(page.toUri());
  }

  /** Opens an address. */
  public void open(URI address) {
    driver.manage().logs().get("browser"); // discards the log of other pages
    driver.manage().logs().get("performance");
    driver.get(address.toString());
  }

  /** Returns the first element that matches. */
  public WebElement find(By what) {
    return driver.findElement(what);
  }

  /** Returns an element's text once it begins as given, even if the element is hidden again. */
  public String awaitText(By what, String beginning) {
    WebElement element = find(what);
    await(() -> text(element).startsWith(beginning));
    return text(element);
  }

  private static String text(WebElement element) {
    return String.valueOf(element.getDomProperty("textContent"));
  }

  /** Waits for something, and fails if it does not come. */
  public void await(BooleanSupplier happened) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() > end) fail("it did not come; the page shows:\n" + shown());
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private String shown() {
    String words = "return location.href + '\\n' + document.body.innerText.slice(0, 3000)";
    return String.valueOf(driver.executeScript(words));
  }

  /** Returns the result of a script; fails if it is null. */
  public Object run(String script) {
    return Objects.requireNonNull(driver.executeScript(script), script);
  }

  /** Lets the page draw its queued changes. */
  public void frame() {
    driver.executeAsyncScript(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));");
  }

  /** Returns the pixels of the canvas. */
  public Object canvas() {
    frame();
    return run("return document.getElementById('dots').toDataURL()").hashCode();
  }

  /** Fails if the page logged anything or requested anything but itself. */
  public void assertQuiet(Path page) {
    assertLoggedNothing();
    assertEquals(List.of(page.toUri().toString()), requests());
  }

  /** Fails if the pages since the last opening logged anything or made requests elsewhere. */
  public void assertQuiet(URI server) {
    assertLoggedNothing();
    List<String> foreign = new ArrayList<>(requests());
    foreign.removeIf(url -> url.startsWith(server.toString()));
    assertEquals(List.of(), foreign);
  }

  private void assertLoggedNothing() {
    List<String> complaints = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get("browser")) complaints.add(entry.toString());
    assertEquals(List.of(), complaints);
  }

  private List<String> requests() {
    List<String> requests = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get("performance")) {
      JsonObject message =
          new Gson().fromJson(entry.getMessage(), JsonObject.class).getAsJsonObject("message");
      if (!message.get("method").getAsString().equals("Network.requestWillBeSent")) continue;
      String url =
          message.getAsJsonObject("params").getAsJsonObject("request").get("url").getAsString();
      if (!url.startsWith("data:") && !url.startsWith("blob:")) requests.add(url);
    }
    return requests;
  }

  /** Fails if axe finds a fault in the page's accessibility. */
  @SuppressWarnings("deprecation") // legacy mode has no successor
  public void assertAccessible() {
    // Legacy mode needs no second window, for which a busy browser is given one second only. It
    // differs for pages with frames of other origins.
    AxeBuilder axe = new AxeBuilder().setLegacyMode(true).setTimeout((int) PATIENCE.toSeconds());
    List<String> faults = new ArrayList<>();
    for (Rule rule : axe.analyze(driver).getViolations()) {
      faults.add(rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes());
    }
    assertEquals(List.of(), faults);
  }

  /** Saves a picture of the window if the property view.screenshots names a folder. */
  public void keep(String name) throws IOException {
    String folder = System.getProperty("view.screenshots");
    if (folder == null) return;
    frame();
    Files.createDirectories(Path.of(folder));
    Files.write(Path.of(folder, name), driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
