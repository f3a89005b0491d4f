package io.earthembed.base.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redirects, and the exchanges that they are made of, against the JDK's own server. */
class RedirectsTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpSender sender = new HttpSender(threads, Duration.ofSeconds(10));
  private final CountDownLatch end = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(threads);
    // /N redirects to /N-1, and /0 is the file.
    server.createContext(
        "/",
        exchange -> {
          int left = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
          byte[] body = "the file".getBytes(StandardCharsets.UTF_8);
          if (left > 0) exchange.getResponseHeaders().set("Location", "/" + (left - 1));
          exchange.sendResponseHeaders(left > 0 ? 302 : 200, left > 0 ? -1 : body.length);
          if (left == 0) exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.createContext(
        "/stalls",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(new byte[10]);
          exchange.getResponseBody().flush();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private HttpExchange send(URI address, Duration idle) throws Exception {
    Deadline deadline = Deadline.in(Duration.ofSeconds(30));
    return Redirects.follow(
        address, at -> sender.send(HttpSender.request(at).build(), idle, deadline));
  }

  @Test
  void followsEightRedirectsAndNotNine() throws Exception {
    List<Byte> bytes = new ArrayList<>();
    try (HttpExchange reply = send(url("/8"), Duration.ofSeconds(20))) {
      assertEquals(url("/0"), reply.address());
      for (ByteBuffer some; (some = reply.next()) != null; ) {
        while (some.hasRemaining()) bytes.add(some.get());
      }
    }
    assertEquals("the file".length(), bytes.size());
    LastingHttpException e =
        assertThrows(
            LastingHttpException.class, () -> send(url("/9"), Duration.ofSeconds(20)).close());
    assertEquals("redirected more than 8 times", e.getMessage());
  }

  @Test
  void endsAnExchangeThatStalls() throws Exception {
    try (HttpExchange reply = send(url("/stalls"), Duration.ofMillis(1_500))) {
      int count = 0;
      while (count < 10) {
        ByteBuffer some = reply.next();
        if (some == null) throw new AssertionError("ended after " + count);
        count += some.remaining();
      }
      HttpTimeoutException e = assertThrows(HttpTimeoutException.class, reply::next);
      assertTrue(String.valueOf(e.getMessage()).startsWith("nothing came for"), e.getMessage());
    }
  }

  @Test
  void showsNoAddressThatLeadsNowhere() throws Exception {
    URI from = URI.create("https://h/a");
    assertEquals(URI.create("https://h/b?c"), Redirects.target(from, "b?c"));
    for (String location : List.of("http://h/?secret", "ftp://h/?secret", "https:///?secret")) {
      LastingHttpException e =
          assertThrows(LastingHttpException.class, () -> Redirects.target(from, location));
      assertTrue(!String.valueOf(e).contains("secret"), e.toString());
    }
  }
}
