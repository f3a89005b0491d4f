package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.codec.ImageFiles;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients at once send all kinds of requests, a tenth of them faulty or cut off; each client
 * sends its next request as soon as it has the answer. {@code -Dearthembed.load.seconds=N} sets how
 * long (default 5), {@code -Dearthembed.load.clients=N} how many (default 64). The output has the
 * times of each kind of request, and what the process holds at half time and at the end.
 */
@Timeout(900)
class LoadTest {
  private static final int CLIENTS = Integer.getInteger("earthembed.load.clients", 64);
  private static final int SECONDS = Integer.getInteger("earthembed.load.seconds", 5);
  private static final int TILES = 40;

  /** Queries of each kind; {0} stands for a number from 0 to 39, {1} for one from -80 to 79. */
  private static final Map<String, String> QUERIES =
      Map.of(
          "text", "'parts': [{'text': 'a river {0}'}], 'k': 40",
          "sum", "'parts': [{'text': 'snow'}, {'place': {'lat': {1}, 'lon': 3}, 'weight': -0.3}]",
          "fusion",
              "'parts': [{'text': 'a city {0}'}, {'tile': 'TILE'}], 'combine': 'fuse', 'k': 10",
          "circle",
              "'parts': [{'text': 'a forest'}],"
                  + " 'filter': {'circle': {'lat': 0, 'lon': {1}, 'meters': 9e6}}",
          "region",
              "'parts': [{'text': 'fields'}], 'filter': {'region': {'type': 'Polygon',"
                  + " 'coordinates': [[[-90, -60], [{0}, -50], [60, 70], [-90, -60]]]}}",
          "dates", "'parts': [{'text': 'sand'}], 'filter': {'from': '2024-01-05'}, 'apart': 1000",
          "tile", "'parts': [{'tile': 'TILE'}]",
          "place", "'parts': [{'place': {'lat': {1}, 'lon': {0}}}]",
          "picture", "'parts': [{'image': 'IMAGE'}]",
          "feedback", "'parts': [{'text': 'a lake'}], 'feedback': {'good': ['TILE'], 'bad': []}");

  @TempDir Path folder;

  private final Map<String, ConcurrentLinkedQueue<Double>> millis = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
  private final AtomicInteger busy = new AtomicInteger();
  private List<String> queries = List.of();
  private List<String> ids = List.of();
  private String image = "";
  private byte[] png = {};
  private byte[] tiff = {};

  private String body(String kind, SplittableRandom random) {
    String text = "{'explorers': ['demo'], " + QUERIES.get(kind) + "}";
    return text.replace('\'', '"')
        .replace("{0}", String.valueOf(random.nextInt(TILES)))
        .replace("{1}", String.valueOf(random.nextInt(-80, 80)))
        .replace("TILE", ids.get(random.nextInt(TILES)))
        .replace("IMAGE", image);
  }

  /** Sends a request, and returns its kind. */
  private String request(TestServer server, SplittableRandom random) throws Exception {
    String demo = "/api/explorers/demo";
    String tile = demo + "/tiles/" + random.nextInt(TILES);
    String query = queries.get(random.nextInt(queries.size()));
    switch (random.nextInt(40)) {
      case 0, 1, 2, 3 -> {
        return fault(server, random);
      }
      case 4, 5, 6, 7 -> {
        List<String> views = List.of("thumbnail", "crop", "tile", "tile&bands=B08,B04,B03");
        String view = views.get(random.nextInt(views.size()));
        expect(200, server.get(tile + "/picture?view=" + view));
        return "a picture";
      }
      case 8 -> {
        expect(200, server.get(demo + "/pictures?rows=1,2,3," + random.nextInt(TILES)));
        return "pictures as events";
      }
      case 9, 10 -> {
        expect(200, server.get(random.nextBoolean() ? tile : demo + "/tiles?lat=1&lon=2"));
        return "a tile";
      }
      case 11 -> {
        expect(200, server.get(demo + "/points"));
        return "points";
      }
      case 12, 13 -> {
        List<String> formats = List.of("csv", "geojson", "kml", "stac", "geoparquet");
        String format = formats.get(random.nextInt(formats.size()));
        expect(200, server.post("/api/export?format=" + format, body(query, random)));
        return "export of " + format;
      }
      case 14 -> {
        // Rare: one takes as long as a hundred searches.
        if (random.nextInt(4) > 0) return request(server, random);
        String few = body("text", random).replace("\"k\": 40", "\"k\": 3");
        expect(200, server.post("/api/export?format=zip", few));
        return "export of zip";
      }
      case 15 -> {
        boolean all = random.nextBoolean();
        HttpRequest.BodyPublisher bytes = HttpRequest.BodyPublishers.ofByteArray(all ? tiff : png);
        expect(200, server.send(server.request("/api/images").POST(bytes).build()));
        return all ? "upload of GeoTIFF" : "upload of PNG";
      }
      case 16, 17 -> {
        HttpResponse<byte[]> found = server.post("/api/search", body("text", random));
        expect(200, found);
        if (found.statusCode() == 200) {
          JsonObject result =
              TestServer.json(found).getAsJsonArray("results").get(0).getAsJsonObject();
          expect(200, server.get("/api/fields/" + result.get("field").getAsString()));
        }
        return "a query and its field";
      }
      case 18 -> {
        expect(200, server.get(random.nextBoolean() ? "/" : "/app.js"));
        return "the page";
      }
      default -> {
        expect(200, server.post("/api/search", body(query, random)));
        return "query by " + query;
      }
    }
  }

  private String fault(TestServer server, SplittableRandom random) throws Exception {
    switch (random.nextInt(4)) {
      case 0 -> expect(400, server.post("/api/search", "{\"parts\": [{\"text\": 1}]}"));
      case 1 -> expect(404, server.get("/api/explorers/demo/tiles/999999"));
      default -> {
        boolean whole = random.nextBoolean();
        String cut =
            "POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + (whole ? 28 : 500)
                + "\r\n\r\n{\"parts\": [{\"text\": \"cut\"}]}";
        // The client goes amid its request, or before the answer.
        try (Socket socket = new Socket("127.0.0.1", server.server.port())) {
          socket.getOutputStream().write(cut.getBytes(StandardCharsets.US_ASCII));
        }
      }
    }
    return "faulty or cut off";
  }

  private void expect(int status, HttpResponse<byte[]> answer) {
    if (answer.statusCode() == 429) busy.incrementAndGet();
    else if (answer.statusCode() != status) {
      errors.add(answer.statusCode() + ": " + TestServer.text(answer));
    }
  }

  private void client(TestServer server, int number, long end) throws Exception {
    SplittableRandom random = new SplittableRandom(number);
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      try {
        String kind = request(server, random);
        double took = (System.nanoTime() - start) / 1e6;
        millis.computeIfAbsent(kind, k -> new ConcurrentLinkedQueue<>()).add(took);
      } catch (IOException e) {
        errors.add(e.toString());
      }
    }
  }

  /** Returns number, median and 99th percentile of some times. */
  private static String times(List<Double> all) {
    double[] sorted = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double median = sorted[sorted.length / 2];
    double late = sorted[sorted.length * 99 / 100];
    return String.format(
        Locale.ROOT,
        "%7d x, p50 %7.1f ms, p99 %7.1f ms = %4.1f x p50, max %7.1f ms",
        sorted.length,
        median,
        late,
        late / median,
        sorted[sorted.length - 1]);
  }

  private void print(ProcessUse half, ProcessUse end) {
    List<Double> all = new ArrayList<>();
    List<Double> searches = new ArrayList<>();
    for (var kind : new TreeMap<>(millis).entrySet()) {
      List<Double> own = List.copyOf(kind.getValue());
      System.out.printf("%-24s %s%n", kind.getKey(), times(own));
      all.addAll(own);
      if (kind.getKey().startsWith("query by")) searches.addAll(own);
    }
    System.out.printf("%-24s %s%n", "all queries", times(searches));
    System.out.printf("%-24s %s%n", "all", times(all));
    System.out.printf(
        "%d clients, %d s, %d told to come later; at half time %s; at the end %s%n",
        CLIENTS, SECONDS, busy.get(), half, end);
  }

  @Test
  void manyClientsAreAnswered() throws Exception {
    queries = QUERIES.keySet().stream().sorted().toList();
    png = ImageFiles.encodePng(Landscape.generate(LandscapeKind.values()[2], 1, 256).trueColor());
    tiff = BandTiff.of(LandscapeKind.values()[1], 128);
    // Small, so that what is kept is complete at half time.
    ServerOptions options = ServerOptions.builder().cacheBytes(4 << 20).build();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (TestServer server = TestServer.start(folder, TILES, options)) {
      String[] all = new String[TILES];
      for (int i = 0; i < TILES; i++) all[i] = server.earth().explorer().catalog().id(i);
      ids = Arrays.asList(all);
      HttpRequest.BodyPublisher picture = HttpRequest.BodyPublishers.ofByteArray(png);
      HttpResponse<byte[]> kept = server.send(server.request("/api/images").POST(picture).build());
      image = TestServer.json(kept).get("image").getAsString();
      long start = System.nanoTime();
      long end = start + SECONDS * 1_000_000_000L;
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        int number = c;
        running.add(
            clients.submit(
                () -> {
                  client(server, number, end);
                  return null;
                }));
      }
      Thread.sleep(SECONDS * 500L);
      ProcessUse half = ProcessUse.now();
      for (Future<?> client : running) client.get();
      ProcessUse last = ProcessUse.now();
      print(half, last);
      assertEquals(List.of(), List.copyOf(errors).subList(0, Math.min(3, errors.size())));
      assertTrue(millis.size() >= 18, "kinds of requests: " + millis.keySet());
      assertTrue(last.threads() <= half.threads() + 40, half + "; " + last);
      assertTrue(last.files() <= half.files() + 40, half + "; " + last);
      assertTrue(last.heap() <= half.heap() + (64 << 20), half + "; " + last);
      assertEquals(200, server.get("/ready").statusCode());
    } finally {
      clients.shutdownNow();
    }
  }
}
