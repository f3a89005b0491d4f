package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.earthembed.testkit.browser.Browser;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The page in a cell of a notebook, whose page comes from another port of this machine. */
class NotebookFrameTest {
  @TempDir static Path folder;
  private static DemoEarth earth;

  @BeforeAll
  static void start() {
    earth = new DemoEarth(folder, 20);
  }

  @AfterAll
  static void stop() {
    earth.close();
  }

  /** Serves a page with a cell's HTML as Jupyter does, on localhost. */
  private static HttpServer notebook(String cell) throws Exception {
    byte[] page =
        ("<!doctype html><title>Notebook</title><main>" + cell + "</main>")
            .getBytes(StandardCharsets.UTF_8);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static URI address(HttpServer notebook) {
    return URI.create("http://localhost:" + notebook.getAddress().getPort() + "/");
  }

  @Test
  void searchesInTheCell() throws Exception {
    try (Browser browser = Browser.open(false);
        ExplorerServer server = ExplorerServer.inNotebook(earth.explorer())) {
      HttpServer notebook = notebook(server.toHtml());
      try {
        browser.open(address(notebook));
        browser.driver.switchTo().frame(browser.driver.findElement(By.tagName("iframe")));
        browser.await(() -> count(browser, "[data-ready]") == 1);
        browser.find(By.id("text")).sendKeys("a river", Keys.ENTER);
        browser.await(() -> count(browser, ".hit") == 20);
      } finally {
        notebook.stop(0);
      }
    }
  }

  @Test
  void noOtherPageShowsTheServer() throws Exception {
    try (Browser browser = Browser.open(false);
        ExplorerServer server = ExplorerServer.of(earth.explorer()).start(0)) {
      assertFalse(server.toHtml().contains("<iframe"), server.toHtml());
      assertTrue(server.toHtml().contains("href=\"" + server.address() + "\""), server.toHtml());
      HttpServer notebook = notebook("<iframe src=\"" + server.address() + "\"></iframe>");
      try {
        browser.open(address(notebook));
        browser.driver.switchTo().frame(browser.driver.findElement(By.tagName("iframe")));
        browser.await(
            () ->
                String.valueOf(browser.driver.executeScript("return document.URL"))
                    .startsWith("chrome-error:"));
      } finally {
        notebook.stop(0);
      }
    }
  }

  private static int count(Browser browser, String css) {
    return browser.driver.findElements(By.cssSelector(css)).size();
  }

  @Test
  void saysThatTheServerHasStopped() {
    ExplorerServer server = ExplorerServer.inNotebook(earth.explorer());
    server.close();
    assertTrue(server.toHtml().contains("The explorer has stopped."), server.toHtml());
  }

  @Test
  void takesOriginsOfAnyPort() {
    assertEquals(
        "[http://localhost:*, https://example.org]",
        ServerOptions.builder()
            .frames("http://localhost:*", "https://example.org")
            .build()
            .frames()
            .toString());
    for (String wrong :
        new String[] {"*", "http://*", "http://a:*; script-src *", "http://a:*:*"}) {
      assertThrows(
          IllegalArgumentException.class, () -> ServerOptions.builder().frames(wrong), wrong);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> ServerOptions.builder().origins("http://localhost:*"));
  }
}
