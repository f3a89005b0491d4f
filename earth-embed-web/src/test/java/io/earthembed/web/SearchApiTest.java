package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileFilter;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Band;
import io.earthembed.image.BandStack;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.region.Regions;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Neighbors;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches over HTTP find what the same searches in Java find. */
class SearchApiTest {
  private static final Query RIVER = Query.text("a river");
  private static final String PART = "{\"text\": \"a river\"}";

  @TempDir static Path folder;
  private static TestServer server;
  private static EarthExplorer earth;

  @BeforeAll
  static void start() {
    server = TestServer.start(folder, 60, ServerOptions.DEFAULT);
    earth = server.earth().explorer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonObject search(String body) throws Exception {
    HttpResponse<byte[]> answer = server.post("/api/search", body);
    assertEquals(200, answer.statusCode(), TestServer.text(answer));
    return TestServer.json(answer).getAsJsonArray("results").get(0).getAsJsonObject();
  }

  private static void assertSame(SearchResult expected, JsonObject actual) {
    JsonArray hits = actual.getAsJsonArray("hits");
    List<String> ids = new ArrayList<>();
    for (Hit hit : expected.hits()) {
      JsonObject json = hits.get(ids.size()).getAsJsonObject();
      ids.add(hit.tile().id());
      assertEquals(hit.tile().id(), json.get("id").getAsString());
      assertEquals(hit.ordinal(), json.get("row").getAsLong());
      assertEquals(hit.rank(), json.get("rank").getAsInt());
      assertEquals(hit.score(), json.get("score").getAsFloat());
      assertEquals(hit.tile().center().latitude(), json.get("lat").getAsDouble());
      assertEquals(hit.tile().center().longitude(), json.get("lon").getAsDouble());
    }
    assertEquals(ids.size(), hits.size());
    assertEquals(expected.searched(), actual.get("total").getAsLong());
    assertEquals(expected.undated(), actual.get("undated").getAsLong());
  }

  private static void check(Query query, String parts) throws Exception {
    assertSame(
        earth.search(query, SearchOptions.top(5)),
        search("{\"explorers\": [\"demo\"], \"k\": 5, " + parts + "}"));
  }

  private static void checkAttributes(TileFilter filter, String attributes) throws Exception {
    SearchOptions options = SearchOptions.builder().k(60).filter(filter).build();
    JsonObject answer =
        search(
            "{\"explorers\": [\"demo\"], \"k\": 60, \"parts\": ["
                + PART
                + "], \"filter\": {\"attributes\": "
                + attributes
                + "}}");
    SearchResult expected = earth.search(RIVER, options);
    assertTrue(expected.searched() > 0 && expected.searched() < 60, attributes);
    assertSame(expected, answer);
  }

  @Test
  void filtersByAttributes() throws Exception {
    checkAttributes(TileFilter.attribute("kind").isPresent(), "{\"kind\": {}}");
    checkAttributes(
        TileFilter.attribute("kind").isPresent().negate(), "{\"kind\": {\"present\": false}}");
    String kind = String.valueOf(earth.catalog().attribute(1, "kind"));
    checkAttributes(
        TileFilter.attribute("kind").is(kind), "{\"kind\": {\"is\": \"" + kind + "\"}}");
    checkAttributes(
        TileFilter.attribute("number").in(List.of(3, 7.0, 70)),
        "{\"number\": {\"in\": [3, 7.0, 70]}}");
    checkAttributes(
        TileFilter.attribute("share").atLeast(1).and(TileFilter.attribute("share").below(2.5)),
        "{\"share\": {\"atLeast\": 1, \"below\": 2.5}}");
    Instant taken = Instant.parse("2024-01-20T10:00:00Z");
    checkAttributes(
        TileFilter.attribute("taken")
            .above(taken)
            .and(TileFilter.attribute("third").is(true))
            .and(TileFilter.attribute("number").atMost(40)),
        "{\"taken\": {\"above\": {\"time\": \"2024-01-20T10:00:00Z\"}},"
            + " \"third\": {\"is\": true}, \"number\": {\"atMost\": 40}}");
  }

  @Test
  void describesAttributes() throws Exception {
    JsonObject hit =
        search(
                "{\"explorers\": [\"demo\"], \"k\": 1, \"parts\": [{\"tile\": \""
                    + earth.catalog().id(7)
                    + "\"}]}")
            .getAsJsonArray("hits")
            .get(0)
            .getAsJsonObject();
    String kind = String.valueOf(earth.catalog().attribute(7, "kind"));
    assertEquals(
        "{\"kind\":\""
            + kind
            + "\",\"number\":7,\"serial\":\""
            + (DemoEarth.SERIAL + 7)
            + "\",\"share\":0.875,\"taken\":\"2024-01-08T10:00:00Z\",\"third\":false}",
        hit.getAsJsonObject("attributes").toString());
    JsonObject explorer =
        TestServer.json(server.get("/api/explorers"))
            .getAsJsonArray("explorers")
            .get(0)
            .getAsJsonObject();
    JsonObject attributes = explorer.getAsJsonObject("attributes");
    List<String> kinds =
        Stream.of(LandscapeKind.values()).map(one -> one.name().toLowerCase(Locale.ROOT)).toList();
    assertEquals(
        kinds.stream().sorted().toList(),
        attributes.getAsJsonObject("kind").getAsJsonArray("values").asList().stream()
            .map(JsonElement::getAsString)
            .toList());
    attributes.remove("kind");
    assertEquals(
        "{\"number\":{\"type\":\"integer\",\"least\":0,\"greatest\":59},"
            + "\"serial\":{\"type\":\"integer\",\"least\":\"9007199254740993\","
            + "\"greatest\":\"9007199254741052\"},"
            + "\"share\":{\"type\":\"number\",\"least\":0.125,\"greatest\":7.375},"
            + "\"taken\":{\"type\":\"time\",\"least\":\"2024-01-01T10:00:00Z\","
            + "\"greatest\":\"2024-02-28T10:00:00Z\"},\"third\":{\"type\":\"flag\"}}",
        attributes.toString());
  }

  @Test
  void refusesConditionsThatCannotBe() throws Exception {
    Map<String, String> problems =
        Map.of(
            "{\"number\": {\"is\": \"7\"}}",
            "attribute number is of type INTEGER, but the filter compares it with 7 of type TEXT",
            "{\"number\": {\"equals\": 7}}",
            "filter.attributes.number.equals is unknown",
            "{\"number\": {\"is\": [7]}}",
            "filter.attributes.number.is is not a text, a number, a flag or an object with a time",
            "{\"taken\": {\"is\": {\"time\": \"noon\"}}}",
            "filter.attributes.taken.is.time is not a time: noon",
            "{\"third\": {\"above\": true}}",
            "attribute third: flags have no order",
            "{\"share\": {\"in\": [1, \"a\"]}}",
            "attribute share: values of several types: 1, a",
            "{\"share\": {\"is\": 1e999}}",
            "filter.attributes.share.is is not a finite number");
    for (Map.Entry<String, String> problem : problems.entrySet()) {
      HttpResponse<byte[]> answer =
          server.post(
              "/api/search",
              "{\"explorers\": [\"demo\"], \"parts\": ["
                  + PART
                  + "], \"filter\": {\"attributes\": "
                  + problem.getKey()
                  + "}}");
      String text = TestServer.text(answer);
      assertTrue(text.contains(problem.getValue()), problem + " is answered with " + text);
    }
  }

  @Test
  void everyKindOfPart() throws Exception {
    String tile = earth.catalog().id(7);
    float[] vector = earth.search(RIVER, SearchOptions.top(1)).embedding();
    check(RIVER, "\"parts\": [" + PART + "]");
    check(Query.tile(tile), "\"parts\": [{\"tile\": \"" + tile + "\"}]");
    check(Query.location(1, 2), "\"parts\": [{\"place\": {\"lat\": 1, \"lon\": 2}}]");
    check(Query.vector(vector), "\"parts\": [{\"vector\": " + Arrays.toString(vector) + "}]");
    check(
        RIVER.minus(0.5, Query.tile(tile)),
        "\"parts\": [" + PART + ", {\"tile\": \"" + tile + "\", \"weight\": -0.5}]");
    check(
        Query.fuse(RIVER.weighted(1), Query.tile(tile).weighted(2)),
        "\"combine\": \"fuse\", \"parts\": ["
            + PART
            + ", {\"tile\": \""
            + tile
            + "\", \"weight\": 2}]");
    check(
        RIVER.refine(List.of(Query.tile(tile)), List.of(Query.tile(earth.catalog().id(3)))),
        "\"parts\": ["
            + PART
            + "], \"feedback\": {\"good\": [\""
            + tile
            + "\"], \"bad\": [\""
            + earth.catalog().id(3)
            + "\"]}");
  }

  @Test
  void picturesAreUploadedRawAndInForms() throws Exception {
    Raster picture = Landscape.generate(LandscapeKind.values()[1], 5, 64).trueColor();
    byte[] png = ImageFiles.encodePng(picture);
    HttpResponse<byte[]> raw = upload(png);
    String head =
        "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"<img>.png\"\r\n\r\n";
    HttpResponse<byte[]> form =
        server.send(
            server
                .request("/api/images")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArrays(
                        List.of(
                            head.getBytes(StandardCharsets.UTF_8),
                            png,
                            "\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8))))
                .build());
    assertEquals(TestServer.json(raw), TestServer.json(form));
    String id = TestServer.json(raw).get("image").getAsString();
    check(Query.image(picture), "\"parts\": [{\"image\": \"" + id + "\"}]");
    HttpResponse<byte[]> gone =
        server.post("/api/search", "{\"parts\": [{\"image\": \"" + "0".repeat(32) + "\"}]}");
    assertEquals(404, gone.statusCode(), TestServer.text(gone));
  }

  @Test
  void takesWhatTheClientKnowsOfAPicture() throws Exception {
    byte[] png =
        ImageFiles.encodePng(Landscape.generate(LandscapeKind.values()[1], 5, 64).trueColor());
    String plain = TestServer.json(upload(png)).get("image").getAsString();
    String known = "?time=2024-06-30T10:20:31Z&lat=51.4&lon=12.3&resolution=10";
    String told = TestServer.json(upload(png, known)).get("image").getAsString();
    assertNotEquals(plain, told);
    assertEquals(told, TestServer.json(upload(png, known)).get("image").getAsString());
    for (String wrong : List.of("?time=yesterday", "?lat=51", "?resolution=0", "?lat=91&lon=0")) {
      HttpResponse<byte[]> refused = upload(png, wrong);
      assertEquals(400, refused.statusCode(), TestServer.text(refused));
    }
  }

  /** Models of true-color pictures search with the composed bands. */
  @Test
  void picturesOfAllBandsAreUploadedAsGeoTiffs() throws Exception {
    Landscape landscape = Landscape.generate(LandscapeKind.values()[1], 5, 64);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : Band.values()) bands.put(band, landscape.band(band));
    Raster stack = BandStack.of(bands);
    ByteBuffer raw = ByteBuffer.allocate(12 * 64 * 64 * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int b = 0; b < 12; b++) {
      for (int i = 0; i < 64 * 64; i++) raw.putShort((short) stack.get(i / 64, i % 64, b));
    }
    Path samples = Files.write(folder.resolve("samples.raw"), raw.array());
    Path tiff = folder.resolve("bands.tif");
    try (PythonPeer gdal = PythonPeer.start(Path.of("src/test/python/bands.py"))) {
      for (String interleave : List.of("pixel", "band")) {
        gdal.ask(ask(samples, 12, interleave, tiff));
        JsonObject kept = TestServer.json(upload(Files.readAllBytes(tiff)));
        assertEquals(12, kept.get("bands").getAsInt());
        String id = kept.get("image").getAsString();
        check(Query.image(landscape.trueColor()), "\"parts\": [{\"image\": \"" + id + "\"}]");
      }
      gdal.ask(ask(samples, 3, "pixel", tiff));
      HttpResponse<byte[]> refused = upload(Files.readAllBytes(tiff));
      assertEquals(400, refused.statusCode(), TestServer.text(refused));
      assertTrue(
          TestServer.text(refused).contains("a TIFF of 3 bands is not supported, only of 12"),
          TestServer.text(refused));
      byte[] cut = Arrays.copyOf(Files.readAllBytes(tiff), 200);
      assertEquals(400, upload(cut).statusCode());
    }
  }

  private static String ask(Path samples, int bands, String interleave, Path out) {
    JsonObject json = new JsonObject();
    json.addProperty("raw", samples.toString());
    json.addProperty("bands", bands);
    json.addProperty("side", 64);
    json.addProperty("interleave", interleave);
    json.addProperty("out", out.toString());
    return json.toString();
  }

  private static HttpResponse<byte[]> upload(byte[] bytes) throws Exception {
    return upload(bytes, "");
  }

  private static HttpResponse<byte[]> upload(byte[] bytes, String parameters) throws Exception {
    return server.send(
        server
            .request("/api/images" + parameters)
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
            .build());
  }

  private static void checkFilter(TileFilter filter, String json) throws Exception {
    SearchOptions options = SearchOptions.builder().k(60).filter(filter).build();
    SearchResult expected = earth.search(RIVER, options);
    assertTrue(expected.searched() > 0 && expected.searched() < 60, json);
    assertSame(
        expected,
        search(
            "{\"explorers\": [\"demo\"], \"k\": 60, \"parts\": ["
                + PART
                + "], \"filter\": {"
                + json
                + "}}"));
  }

  @Test
  void filters() throws Exception {
    checkFilter(
        TileFilter.within(new BoundingBox(-20, -40, 100, 40)),
        "\"box\": {\"west\": -20, \"south\": -40, \"east\": 100, \"north\": 40}");
    checkFilter(
        TileFilter.near(new GeoPoint(10, 20), 7e6),
        "\"circle\": {\"lat\": 10, \"lon\": 20, \"meters\": 7000000}");
    String region =
        "{\"type\": \"Polygon\", \"coordinates\": [[[-60, -30], [60, -50], [50, 60], [-60, -30]]]}";
    checkFilter(TileFilter.within(Regions.ofGeoJson(region)), "\"region\": " + region);
    checkFilter(
        TileFilter.sensed(
            Instant.parse("2024-01-05T00:00:00Z"), Instant.parse("2024-02-11T00:00:00Z")),
        "\"from\": \"2024-01-05\", \"to\": \"2024-02-10\"");
    checkFilter(
        TileFilter.sensed(Instant.parse("2024-01-05T11:00:00Z"), Instant.MAX),
        "\"from\": \"2024-01-05T11:00:00Z\"");
  }

  @Test
  void pagesFollowEachOther() throws Exception {
    SearchOptions options = SearchOptions.builder().k(7).offset(14).build();
    assertSame(
        earth.search(RIVER, options),
        search("{\"explorers\": [\"demo\"], \"k\": 7, \"offset\": 14, \"parts\": [" + PART + "]}"));
  }

  @Test
  void theFieldHasEveryScore() throws Exception {
    TileFilter north = TileFilter.within(new BoundingBox(-180, 0, 180, 90));
    JsonObject result =
        search(
            "{\"explorers\": [\"demo\"], \"parts\": ["
                + PART
                + "], \"filter\": {\"box\": {\"west\": -180, \"south\": 0, \"east\": 180, \"north\": 90}}}");
    String path = "/api/fields/" + result.get("field").getAsString();
    HttpResponse<byte[]> answer = server.get(path);
    ByteBuffer field = ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(8 + 2 * earth.catalog().size(), field.remaining());
    float least = field.getFloat();
    float greatest = field.getFloat();
    SearchOptions options = SearchOptions.builder().filter(north).scoreField().build();
    Neighbors scores = earth.search(RIVER, options).scoreField().orElseThrow();
    double[] expected = new double[(int) earth.catalog().size()];
    Arrays.fill(expected, Double.NaN);
    for (int i = 0; i < scores.size(); i++) expected[(int) scores.ordinal(i)] = scores.score(i);
    for (double score : expected) {
      int q = field.getShort() & 0xFFFF;
      assertEquals(score, q == 65535 ? Double.NaN : least + q / 65534.0 * (greatest - least), 1e-4);
    }
    int counted = 0;
    for (var count : result.getAsJsonObject("histogram").getAsJsonArray("counts")) {
      counted += count.getAsInt();
    }
    assertEquals(scores.size(), counted);
    String tag = answer.headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> again =
        server.send(server.request(path).header("If-None-Match", tag).build());
    assertEquals(304, again.statusCode());
    assertEquals(0, again.body().length);
  }

  @Test
  void explorersThatCannotAnswerDoNotSpoilTheOthers() throws Exception {
    HttpResponse<byte[]> answer =
        server.post(
            "/api/search", "{\"parts\": [{\"tile\": \"none\"}], \"explorers\": [\"demo\"]}");
    assertEquals(400, answer.statusCode());
    assertTrue(TestServer.text(answer).contains("none"), TestServer.text(answer));
    HttpResponse<byte[]> broken =
        server.post("/api/search", "{\"parts\": [" + PART + "], \"explorers\": [\"broken\"]}");
    assertEquals(503, broken.statusCode());
    assertTrue(TestServer.text(broken).contains("there is no such folder"));
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    String[][] wrong = {
      {"{\"parts\": [{\"text\": 5}]}", "parts[0].text is not a text"},
      {"{\"parts\": [{\"text\": \" \"}]}", "text is blank"},
      {"{\"parts\": [{}]}", "exactly one of"},
      {"{\"parts\": [" + PART + "], \"k\": 0}", "k is not a whole number in [1, 10000]: 0"},
      {"{\"parts\": [" + PART + "], \"kk\": 1}", "kk is unknown"},
      {"{\"parts\": [" + PART + "], \"filter\": {\"from\": \"x\"}}", "filter.from is neither"},
      {"{\"parts\": [" + PART + "], \"filter\": {\"clouds\": 101}}", "percent outside [0, 100]"},
      {"{\"parts\": [{\"vector\": [1, 2]}], \"explorers\": [\"demo\"]}", "2"},
      {"{\"parts\": [{\"place\": {\"lat\": 91, \"lon\": 0}}]}", "91"},
      {"[1]", "the body is not a JSON object"},
      {"{", "not valid JSON"}
    };
    for (String[] one : wrong) {
      HttpResponse<byte[]> answer = server.post("/api/search", one[0]);
      assertEquals(400, answer.statusCode(), one[0]);
      String detail = TestServer.json(answer).get("detail").getAsString();
      assertTrue(detail.contains(one[1]), one[0] + " gave " + detail);
    }
  }
}
