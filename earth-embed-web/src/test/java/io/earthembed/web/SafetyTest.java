package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the refusals of a server, and its end. */
@Timeout(600)
class SafetyTest {
  private static final String TOKEN = "a-token-of-some-length";
  private static final String BODY =
      "{\"explorers\": [\"demo\"], \"parts\": [{\"text\": \"a river\"}]}";

  @TempDir Path folder;

  private static String raw(int port, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void otherMachinesNeedAToken() {
    try (DemoEarth earth = new DemoEarth(folder, 5)) {
      ServerOptions open = ServerOptions.builder().host("0.0.0.0").build();
      ExplorerServer.Builder builder = ExplorerServer.builder().options(open).add(earth.served());
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> builder.start(0));
      assertTrue(refused.toString().contains("0.0.0.0"), refused.toString());
    }
  }

  @Test
  void theApiNeedsTheTokenAndThePageDoesNot() throws Exception {
    ServerOptions options = ServerOptions.builder().host("0.0.0.0").token(TOKEN).build();
    assertFalse(options.toString().contains(TOKEN), options.toString());
    try (TestServer server = TestServer.start(folder, 5, options)) {
      HttpResponse<byte[]> none = server.get("/api/explorers");
      assertEquals(401, none.statusCode());
      assertEquals("Bearer", none.headers().firstValue("WWW-Authenticate").orElseThrow());
      for (String wrong : List.of("Bearer " + TOKEN + "x", "Bearer ", TOKEN, "Basic " + TOKEN)) {
        HttpRequest request =
            server.request("/api/explorers").header("Authorization", wrong).build();
        assertEquals(401, server.send(request).statusCode(), wrong);
      }
      assertEquals(401, server.get("/api/explorers?token=" + TOKEN).statusCode());
      HttpRequest right =
          server.request("/api/explorers").header("Authorization", "Bearer " + TOKEN).build();
      assertEquals(200, server.send(right).statusCode());
      assertEquals(200, server.get("/").statusCode());
      assertEquals(200, server.get("/health").statusCode());
    }
  }

  @Test
  void aServerWithoutTokenAnswersThisMachineAlone() throws Exception {
    try (TestServer server = TestServer.start(folder, 5, ServerOptions.DEFAULT)) {
      int port = server.server.port();
      String request = "GET /api/explorers HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
      for (String host : List.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port)) {
        String answer = raw(port, request.formatted(host));
        assertTrue(answer.startsWith("HTTP/1.1 200"), host + " gave " + answer);
      }
      for (String host : List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil")) {
        String answer = raw(port, request.formatted(host));
        assertTrue(answer.startsWith("HTTP/1.1 421"), host + " gave " + answer);
      }
    }
  }

  @Test
  void pagesOfOtherOriginsMustBeAllowed() throws Exception {
    ServerOptions options = ServerOptions.builder().origins("https://maps.example.org").build();
    try (TestServer server = TestServer.start(folder, 5, options)) {
      HttpRequest.Builder evil =
          server.request("/api/search").header("Origin", "https://evil.example");
      HttpRequest post =
          evil.header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(BODY))
              .build();
      HttpResponse<byte[]> refused = server.send(post);
      assertEquals(403, refused.statusCode());
      assertTrue(refused.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
      HttpRequest.Builder good =
          server.request("/api/search").header("Origin", "https://maps.example.org");
      HttpResponse<byte[]> preflight =
          server.send(good.method("OPTIONS", HttpRequest.BodyPublishers.noBody()).build());
      assertEquals(204, preflight.statusCode());
      assertEquals(
          "https://maps.example.org",
          preflight.headers().firstValue("Access-Control-Allow-Origin").orElseThrow());
      // A form of another page can send text, but not JSON.
      HttpRequest text =
          server
              .request("/api/search")
              .header("Content-Type", "text/plain")
              .POST(HttpRequest.BodyPublishers.ofString(BODY))
              .build();
      assertEquals(415, server.send(text).statusCode());
    }
  }

  @Test
  void thePageRunsItsOwnScriptsAlone() throws Exception {
    try (TestServer server = TestServer.start(folder, 5, ServerOptions.DEFAULT)) {
      HttpResponse<byte[]> page = server.get("/");
      String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
      assertTrue(policy.contains("script-src 'self';"), policy);
      assertTrue(policy.contains("frame-ancestors 'none'"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertTrue(page.headers().firstValue("Set-Cookie").isEmpty());
      for (String path :
          List.of("/../openapi.yaml", "/%2e%2e/openapi.yaml", "/..%2fopenapi.yaml")) {
        assertTrue(server.get(path).statusCode() >= 400, path);
      }
    }
  }

  @Test
  void picturesAreLimitedBeforeTheyAreDecoded() throws Exception {
    ServerOptions options = ServerOptions.builder().imageBytes(20_000).imagePixels(64 * 64).build();
    try (TestServer server = TestServer.start(folder, 5, options)) {
      HttpRequest large =
          server
              .request("/api/images")
              .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[20_001]))
              .build();
      assertEquals(413, server.send(large).statusCode());
      Landscape landscape = Landscape.generate(LandscapeKind.values()[0], 1, 65);
      byte[] wide = ImageFiles.encodePng(landscape.trueColor());
      HttpResponse<byte[]> refused =
          server.send(
              server
                  .request("/api/images")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(wide))
                  .build());
      assertEquals(400, refused.statusCode());
      assertTrue(TestServer.text(refused).contains("65 x 65"), TestServer.text(refused));
    }
  }

  @Test
  void aPictureThatCannotBeKeptIsRefused() throws Exception {
    ServerOptions options = ServerOptions.builder().cacheBytes(64 * 64 * 3).build();
    try (TestServer server = TestServer.start(folder, 5, options)) {
      for (int side : List.of(64, 65)) {
        Landscape landscape = Landscape.generate(LandscapeKind.values()[0], 1, side);
        byte[] png = ImageFiles.encodePng(landscape.trueColor());
        HttpResponse<byte[]> answer =
            server.send(
                server
                    .request("/api/images")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(png))
                    .build());
        assertEquals(side == 64 ? 200 : 413, answer.statusCode(), TestServer.text(answer));
        if (side == 64) continue;
        String detail = TestServer.json(answer).get("detail").getAsString();
        assertTrue(detail.contains("65 x 65 pixels of 3 bands, which take 12675 bytes"), detail);
        assertTrue(detail.contains("keeps at most 12288; send a smaller one"), detail);
      }
    }
  }

  @Test
  void aBodyMayNotTakeForever() throws Exception {
    ServerOptions options = ServerOptions.builder().bodyTimeout(Duration.ofSeconds(1)).build();
    try (TestServer server = TestServer.start(folder, 5, options);
        Socket socket = new Socket("127.0.0.1", server.server.port())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      String head =
          "POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 1000\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 30 && socket.getInputStream().available() == 0; i++) {
        out.write(' ');
        out.flush();
        Thread.sleep(200);
      }
      byte[] answer = socket.getInputStream().readNBytes(12);
      assertEquals("HTTP/1.1 408", new String(answer, StandardCharsets.US_ASCII));
    }
  }

  @Test
  void failuresTellNothingOfTheServer() throws Exception {
    try (TestServer server = TestServer.start(folder, 5, ServerOptions.DEFAULT)) {
      Files.delete(folder.resolve("part_00001.parquet"));
      Files.createFile(folder.resolve("part_00001.parquet"));
      HttpResponse<byte[]> answer = server.get("/api/explorers/demo/tiles/0/picture?view=tile");
      assertEquals(502, answer.statusCode(), TestServer.text(answer));
      assertFalse(TestServer.text(answer).contains(folder.toString()), TestServer.text(answer));
      assertFalse(TestServer.text(answer).contains("part_"), TestServer.text(answer));
    }
  }

  /** Texts are encoded as soon as a latch opens. */
  private static EmbeddingModel slow(EmbeddingModel demo, CountDownLatch begun, CountDownLatch go) {
    Encoder<String> text = demo.text().orElseThrow();
    return EmbeddingModel.of(demo.image())
        .withText(
            new Encoder<>() {
              @Override
              public ModelInfo model() {
                return text.model();
              }

              @Override
              public Vectors encode(List<? extends String> inputs) {
                begun.countDown();
                try {
                  assertTrue(go.await(300, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                return text.encode(inputs);
              }

              @Override
              public void close() {
                text.close();
              }
            });
  }

  @Test
  void tooManySearchesAreToldWhenToReturnAndAStopLetsThemEnd() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ServerOptions options = ServerOptions.builder().searches(1).waiting(0).build();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (DemoEarth demo = new DemoEarth(folder, 5);
        EmbeddingModel model = slow(DemoModel.load(), begun, go);
        EarthExplorer earth =
            EarthExplorer.open(
                GeoParquetDataset.open(folder.resolve("embeddings"), model.info()), model);
        ExplorerServer server =
            ExplorerServer.builder()
                .options(options)
                .add(ServedExplorer.of("demo", earth))
                .start(0)) {
      String post =
          "POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Connection: close\r\nContent-Length: "
              + BODY.length()
              + "\r\n\r\n"
              + BODY;
      Future<String> running = threads.submit(() -> raw(server.port(), post));
      assertTrue(begun.await(300, TimeUnit.SECONDS));
      String busy = raw(server.port(), post);
      assertTrue(busy.startsWith("HTTP/1.1 429"), busy);
      assertTrue(busy.contains("Retry-After: "), busy);
      Future<?> stopping = threads.submit(server::close);
      Thread.sleep(200);
      assertFalse(stopping.isDone());
      go.countDown();
      stopping.get(300, TimeUnit.SECONDS);
      String answer = running.get(300, TimeUnit.SECONDS);
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      assertTrue(answer.contains("\"rank\":1"), answer);
    } finally {
      threads.shutdownNow();
    }
  }
}
