package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.codec.ImageFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faulty requests get a status of 400 to 499 or an orderly end, and the server goes on. {@code
 * -Dearthembed.differential=N} sets their number.
 */
@Timeout(600)
class HostileRequestsTest {
  private static final int COUNT = Integer.getInteger("earthembed.differential", 2000);

  private static final List<String> BODIES =
      List.of(
          "{\"parts\": [{\"text\": \"a river\", \"weight\": 2}, {\"place\": {\"lat\": 1, \"lon\": 2}}],"
              + " \"k\": 3, \"offset\": 1, \"explorers\": [\"demo\"]}",
          "{\"parts\": [{\"tile\": \"x\"}], \"feedback\": {\"good\": [\"a\"], \"bad\": []}}",
          "{\"parts\": [{\"vector\": [1, -2.5e3, 0]}], \"minScore\": 0.5, \"fraction\": 0.1}",
          "{\"parts\": [{\"text\": \"snow\"}], \"combine\": \"fuse\", \"apart\": 1000, \"filter\":"
              + " {\"from\": \"2024-01-01\", \"to\": \"2024-05-01T00:00:00Z\", \"clouds\": 5}}",
          "{\"parts\": [{\"text\": \"snow\"}], \"filter\": {\"region\": {\"type\": \"Polygon\","
              + " \"coordinates\": [[[0, 0], [50, 0], [50, 50], [0, 0]]]}}}",
          "{\"parts\": [{\"image\": \"00000000000000000000000000000000\"}], \"filter\": {\"box\":"
              + " {\"west\": 170, \"south\": -10, \"east\": -170, \"north\": 10}, \"circle\":"
              + " {\"lat\": 0, \"lon\": 0, \"meters\": 1e6}}}");

  /** Pieces of text that are put into bodies and addresses. */
  private static final List<String> PIECES =
      List.of(
          "1e309",
          "-1e308",
          "NaN",
          "null",
          "true",
          "\"\"",
          "{}",
          "[]",
          "[[]]",
          "9".repeat(400),
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"<script>\"",
          "\"../../etc/passwd\"",
          "-0",
          "0.1e-400",
          "[".repeat(300),
          "{\"a\":".repeat(300),
          "\"type\": \"GeometryCollection\"",
          "2147483648",
          "%00",
          "%ff",
          "%2e%2e%2f",
          "\u202e",
          "\"file:///etc/passwd\"",
          "\"http://127.0.0.1/\"");

  private static final List<String> PATHS =
      List.of(
          "/api/explorers/demo/tiles/3",
          "/api/explorers/demo/tiles?id=x",
          "/api/explorers/demo/tiles?lat=1&lon=2",
          "/api/explorers/demo/tiles/3/picture?view=tile&bands=B04,B03,B02",
          "/api/explorers/demo/pictures?rows=1,2",
          "/api/explorers/demo/points",
          "/api/fields/00000000000000000000000000000000",
          "/api/export?format=csv",
          "/index.html",
          "/mcp");

  @TempDir static Path folder;
  private static TestServer server;
  private static byte[] png;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            folder, 12, ServerOptions.builder().bodyTimeout(Duration.ofSeconds(2)).build());
    png = ImageFiles.encodePng(Landscape.generate(LandscapeKind.values()[2], 1, 32).trueColor());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] mutated(byte[] bytes, SplittableRandom random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int changes = random.nextInt(1, 5);
    byte[] now = bytes;
    for (int c = 0; c < changes; c++) {
      out.reset();
      int at = random.nextInt(now.length + 1);
      int skipped = Math.min(now.length - at, random.nextInt(random.nextInt(1, 20)));
      out.write(now, 0, at);
      if (random.nextBoolean()) {
        byte[] piece = PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8);
        out.write(piece, 0, piece.length);
      } else {
        out.write(random.nextInt(256));
      }
      out.write(now, at + skipped, now.length - at - skipped);
      now = out.toByteArray();
    }
    return random.nextInt(20) == 0 ? java.util.Arrays.copyOf(now, now.length / 2) : now;
  }

  private static byte[] request(SplittableRandom random) {
    String path = "/api/search";
    String type = "application/json";
    byte[] body = BODIES.get(random.nextInt(BODIES.size())).getBytes(StandardCharsets.UTF_8);
    String method = "POST";
    switch (random.nextInt(5)) {
      case 0 -> {
        path = "/api/images";
        type = "image/png";
        body = png;
      }
      case 1 -> {
        path = "/api/images";
        type = "multipart/form-data; boundary=b";
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes(
            "--b\r\nContent-Disposition: form-data\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        form.writeBytes(png);
        form.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8));
        body = form.toByteArray();
      }
      case 2 -> {
        path = PATHS.get(random.nextInt(PATHS.size()));
        byte[] changed = mutated(path.getBytes(StandardCharsets.UTF_8), random);
        path = new String(changed, StandardCharsets.ISO_8859_1).replaceAll("[\\s\\x00]", "+");
        if (random.nextBoolean()) method = "GET";
      }
      default -> {
        if (random.nextInt(4) == 0) path = "/api/export?format=csv";
      }
    }
    if (random.nextInt(10) > 0) body = mutated(body, random);
    if (random.nextInt(30) == 0) type = "text/plain";
    int length = random.nextInt(40) == 0 ? body.length + random.nextInt(-3, 5) : body.length;
    String head =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + Math.max(0, length)
            + "\r\n\r\n";
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    byte[] bytes = all.toByteArray();
    return random.nextInt(50) == 0 ? mutated(bytes, random) : bytes;
  }

  /** Returns the status line of the answer; empty if the server ended the connection. */
  private static String send(byte[] request, SplittableRandom random) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.server.port())) {
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      out.write(request);
      out.flush();
      if (random.nextInt(25) == 0) return ""; // the client goes before the answer
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      return answer.lines().findFirst().orElse("");
    } catch (java.net.SocketException e) {
      return ""; // the server ended the connection while the request was sent
    }
  }

  @Test
  void areRefusedInOrder() throws Exception {
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    int[] statuses = new int[600];
    for (int i = 0; i < COUNT; i++) {
      SplittableRandom random = new SplittableRandom(20_261_130L + i);
      byte[] request = request(random);
      String status = send(request, random);
      if (status.isEmpty()) continue;
      String shown =
          "request "
              + i
              + " gave "
              + status
              + ":\n"
              + new String(request, StandardCharsets.ISO_8859_1);
      assertTrue(status.matches("HTTP/1\\.1 [2345]\\d\\d.*"), shown);
      int code = Integer.parseInt(status.substring(9, 12));
      assertTrue(code < 500 || code == 501 || code == 503 || code == 505, shown);
      statuses[code]++;
    }
    StringBuilder counts = new StringBuilder();
    for (int s = 0; s < statuses.length; s++) {
      if (statuses[s] > 0) counts.append(s).append(" x ").append(statuses[s]).append("  ");
    }
    System.out.println(COUNT + " hostile requests: " + counts);
    assertTrue(statuses[400] > COUNT / 10, counts.toString());
    assertEquals(
        200, server.post("/api/search", "{\"parts\": [{\"text\": \"a river\"}]}").statusCode());
    int now = ManagementFactory.getThreadMXBean().getThreadCount();
    assertTrue(now < threads + 250, now + " threads, " + threads + " before");
  }

  /** Clients that send and read a byte now and then do not keep others from being answered. */
  @Test
  void slowClientsAreEnded() throws Exception {
    Socket[] slow = new Socket[40];
    for (int i = 0; i < slow.length; i++) {
      slow[i] = new Socket("127.0.0.1", server.server.port());
      slow[i]
          .getOutputStream()
          .write(
              "POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"
                  .getBytes(StandardCharsets.US_ASCII));
    }
    assertEquals(
        200, server.post("/api/search", "{\"parts\": [{\"text\": \"a river\"}]}").statusCode());
    for (Socket socket : slow) {
      socket.setSoTimeout(60_000);
      byte[] start = socket.getInputStream().readNBytes(12);
      String status = new String(start, StandardCharsets.US_ASCII);
      assertTrue(status.isEmpty() || status.matches("HTTP/1\\.1 4\\d\\d"), status);
      socket.close();
    }
  }
}
