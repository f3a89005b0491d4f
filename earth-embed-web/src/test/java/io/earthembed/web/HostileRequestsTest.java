package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faulty requests get a status of 400 to 499 or an orderly end, and the server goes on and keeps
 * nothing of them. {@code -Dearthembed.differential=N} sets their number (default 2000).
 */
@Timeout(600)
class HostileRequestsTest {
  private static final int COUNT = Integer.getInteger("earthembed.differential", 2000);
  private static final int MAX_CACHE = 4 << 20;

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
  private static byte[] jpeg;
  private static byte[] tiff;

  @BeforeAll
  static void start() throws IOException {
    server =
        TestServer.start(
            folder,
            12,
            ServerOptions.builder()
                .bodyTimeout(Duration.ofSeconds(2))
                .cacheBytes(MAX_CACHE)
                .build());
    Raster picture = Landscape.generate(LandscapeKind.values()[2], 1, 32).trueColor();
    png = ImageFiles.encodePng(picture);
    jpeg = jpeg(picture);
    tiff = BandTiff.of(LandscapeKind.values()[2], 16);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] jpeg(Raster picture) throws IOException {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        int rgb = 0;
        for (int b = 0; b < 3; b++) rgb = rgb << 8 | (int) picture.get(y, x, b);
        image.setRGB(x, y, rgb);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", out);
    return out.toByteArray();
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
    return random.nextInt(20) == 0 ? Arrays.copyOf(now, now.length / 2) : now;
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
        body = List.of(png, jpeg, tiff).get(random.nextInt(3));
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
    int[] statuses = new int[600];
    ProcessUse early = ProcessUse.now();
    for (int i = 0; i < COUNT; i++) {
      // By then the server has loaded everything that it loads once and keeps.
      if (i == COUNT / 2) early = ProcessUse.now();
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
    ProcessUse late = ProcessUse.now();
    System.out.println("half way " + early + "; at the end " + late);
    assertTrue(late.threads() <= early.threads() + 10, early + "; " + late);
    assertTrue(late.files() <= early.files() + 10, early + "; " + late);
    assertTrue(late.heap() <= early.heap() + 16 * MAX_CACHE, early + "; " + late);
  }

  /** Begins a request on each of some connections. */
  private static List<Socket> connect(int count, String beginning) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4096); // what the server sends stays with it
      socket.connect(new InetSocketAddress("127.0.0.1", server.server.port()));
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
      sockets.add(socket);
    }
    return sockets;
  }

  private static String post(String path, int length) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static void assertAnswers() throws Exception {
    String river = "{\"parts\": [{\"text\": \"a river\"}]}";
    assertEquals(200, server.post("/api/search", river).statusCode());
  }

  /** A client that sends a body byte by byte gets a refusal, or is disconnected. */
  @Test
  void slowBodiesAreEnded() throws Exception {
    List<Socket> slow = connect(300, post("/api/search", 1_000_000) + "{");
    assertAnswers();
    for (Socket socket : slow) {
      byte[] start = socket.getInputStream().readNBytes(12);
      String status = new String(start, StandardCharsets.US_ASCII);
      assertTrue(status.isEmpty() || status.matches("HTTP/1\\.1 4\\d\\d"), status);
      socket.close();
    }
  }

  /** A client that sends one header after the other is disconnected. */
  @Test
  void slowHeadersAreEnded() throws Exception {
    String first = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    List<Socket> slow = connect(20, first);
    slow.addAll(connect(20, first + "\r\n" + first)); // a whole request, then a slow one
    assertAnswers();
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    for (int i = 0; !slow.isEmpty() && System.nanoTime() < end; i++) {
      String header = "X-Header-" + i + ": 1\r\n";
      for (Socket socket : List.copyOf(slow)) {
        try {
          socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException closed) {
          slow.remove(socket);
          socket.close();
        }
      }
      Thread.sleep(100);
    }
    assertEquals(0, slow.size());
  }

  /** Clients that read byte by byte keep no thread from others; the server may disconnect them. */
  @Test
  void slowReadersKeepNoThread() throws Exception {
    String points = "GET /map/land.bin HTTP/1.1\r\nHost: localhost\r\n\r\n";
    List<Socket> slow = connect(300, points.repeat(20));
    for (int i = 0; i < 5; i++) {
      for (Socket socket : slow) readByte(socket);
      assertAnswers();
    }
    assertTrue(answering() < 20, answering() + " threads");
    for (Socket socket : slow) socket.close();
    assertAnswers();
  }

  /** Returns how many threads work on a request. */
  private static long answering() {
    return Thread.getAllStackTraces().values().stream()
        .filter(
            stack ->
                Arrays.stream(stack)
                    .anyMatch(call -> call.getClassName().equals(ExplorerServlet.class.getName())))
        .count();
  }

  private static void readByte(Socket socket) {
    try {
      socket.getInputStream().read();
    } catch (IOException e) {
      // The server has disconnected the client.
    }
  }

  /** Clients that go while the server writes leave nothing behind. */
  @Test
  void clientsThatGoLeaveNothing() throws Exception {
    String search = "{\"parts\": [{\"text\": \"a river\"}], \"explorers\": [\"demo\"], \"k\": 12}";
    String folderOfFiles = System.getProperty("java.io.tmpdir");
    for (int round = 0; round < 20; round++) {
      String zip = post("/api/export?format=geoparquet", search.length()) + search;
      for (Socket socket : connect(2, zip)) {
        if (round % 2 == 0) socket.getInputStream().read();
        socket.setSoLinger(true, 0);
        socket.close();
      }
      String events =
          "GET /api/explorers/demo/pictures?view=tile&rows=1,2,3 HTTP/1.1\r\nHost: localhost\r\n\r\n";
      for (Socket socket : connect(2, events)) socket.close();
    }
    assertAnswers();
    server.close();
    try (var files = Files.list(Path.of(folderOfFiles))) {
      long left = files.filter(file -> file.toString().contains("earth-embed-export-")).count();
      assertEquals(0, left);
    }
    start();
  }
}
