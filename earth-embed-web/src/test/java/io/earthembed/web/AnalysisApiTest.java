package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.ChangeSearch;
import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Vectors;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Learning, changes, outliers and clusters over HTTP: 100 cells at two dates. */
class AnalysisApiTest {
  private static final int CELLS = 100;
  private static final int DIMENSION = 12;
  private static final ModelInfo INFO = new ModelInfo("toy", "1", DIMENSION);
  private static final Instant FIRST = Instant.parse("2020-06-01T00:00:00Z");

  private final EmbeddingDataset dated = dated();
  private EarthExplorer earth;
  private ExplorerServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Cells have one of two kinds; cells 7 and 8 change to the other kind. Row 55 is alone. */
  private static EmbeddingDataset dated() {
    Random random = new Random(4);
    List<TileRecord> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(2 * CELLS, DIMENSION);
    for (int row = 0; row < 2 * CELLS; row++) {
      int c = row % CELLS;
      boolean later = row >= CELLS;
      GridCell cell = new GridCell(200 + c / 10, c % 10);
      tiles.add(
          new TileRecord(
              "c" + c + (later ? "-later" : ""),
              cell,
              later ? "b" : "a",
              FIRST.plus(later ? 400 : 0, ChronoUnit.DAYS),
              MajorTomGrid.CORE.centerOf(cell),
              1,
              null));
      float[] vector = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) vector[j] = (float) (0.05 * random.nextGaussian());
      boolean changed = later && (c == 7 || c == 8);
      vector[row == 55 ? 5 : c % 3 == 0 == changed ? 1 : 0] += 1;
      vectors.set(row, vector);
    }
    vectors.normalize();
    return EmbeddingDataset.of(TileCatalog.of(tiles), vectors, INFO);
  }

  @BeforeEach
  void start() {
    earth = EarthExplorer.open(dated, EmbeddingModel.withoutEncoders(INFO));
    server = ExplorerServer.builder().add(ServedExplorer.of("toy", earth)).start(0);
  }

  @AfterEach
  void stop() {
    server.close();
    earth.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private JsonObject post(String path, String body, int status) throws Exception {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(status, answer.statusCode(), answer.body());
    return new Gson().fromJson(answer.body(), JsonObject.class);
  }

  private JsonObject analysis(String name, String body) throws Exception {
    return post("/api/explorers/toy/" + name, body, 200);
  }

  private static List<String> ids(JsonArray hits) {
    return StreamSupport.stream(hits.spliterator(), false)
        .map(hit -> hit.getAsJsonObject().get("id").getAsString())
        .toList();
  }

  private JsonObject search(String feedback) throws Exception {
    String body = "{\"parts\": [{\"tile\": \"c1\"}], \"k\": 200, \"feedback\": " + feedback + "}";
    return post("/api/search", body, 200).getAsJsonArray("results").get(0).getAsJsonObject();
  }

  @Test
  void enoughLabelsTrainARegressionAndSayWhatToLabelNext() throws Exception {
    JsonObject result =
        search("{\"good\": [\"c0\", \"c3\", \"c6\"], \"bad\": [\"c1\", \"c2\"], \"suggest\": 5}");
    assertEquals("logistic-regression", result.get("learner").getAsString());
    assertEquals(
        "3 good and 2 bad labels by logistic regression", result.get("query").getAsString());
    Query.Learned learned =
        earth.learn(
            List.of(Query.tile("c0"), Query.tile("c3"), Query.tile("c6")),
            List.of(Query.tile("c1"), Query.tile("c2")));
    SearchResult expected = earth.search(learned, SearchOptions.top(200));
    JsonArray hits = result.getAsJsonArray("hits");
    assertEquals(expected.hits().stream().map(hit -> hit.tile().id()).toList(), ids(hits));
    for (int i = 0; i < 200; i++) {
      assertEquals(
          learned.probability(expected.hits().get(i).score()).orElseThrow(),
          hits.get(i).getAsJsonObject().get("probability").getAsDouble(),
          1e-6);
    }
    assertEquals(
        earth.suggest(learned, 5, TileFilter.ALL).stream().map(hit -> hit.tile().id()).toList(),
        ids(result.getAsJsonArray("suggestions")));
  }

  @Test
  void fewLabelsMoveTheQuery() throws Exception {
    JsonObject result = search("{\"good\": [\"c0\", \"c3\"], \"bad\": [\"c1\"], \"suggest\": 5}");
    assertEquals("rocchio", result.get("learner").getAsString());
    assertFalse(result.has("suggestions"));
    assertFalse(result.getAsJsonArray("hits").get(0).getAsJsonObject().has("probability"));
    assertEquals("rocchio", search("{\"bad\": [\"c2\"]}").get("learner").getAsString());
    assertFalse(search("{}").has("learner"));
  }

  @Test
  void changesAreTheLaterTilesOfCellsThatDiffer() throws Exception {
    String periods = "\"before\": {\"to\": \"2020-12-31\"}, \"after\": {\"from\": \"2021-01-01\"}";
    for (String body : List.of("{\"k\": 3}", "{\"k\": 3, " + periods + "}")) {
      JsonObject result = analysis("changes", body);
      JsonArray hits = result.getAsJsonArray("hits");
      assertEquals(Set.of("c7-later", "c8-later", "c55-later"), new TreeSet<>(ids(hits)), body);
      assertEquals(CELLS + 7L, row(hits, "c7-later"));
      assertEquals(100, result.get("total").getAsInt());
      assertEquals(0, result.get("artifacts").getAsInt());
      assertEquals(8 + 2 * 2 * CELLS, field(result).length);
    }
    JsonObject supported = analysis("changes", "{\"support\": 0.1, \"minScore\": 0.5}");
    for (String id : ids(supported.getAsJsonArray("hits"))) {
      assertTrue(Set.of("c7-later", "c8-later").contains(id), id + " has a neighbor that changed");
    }
    assertEquals(2, supported.getAsJsonArray("hits").size());
    assertEquals(
        0, analysis("changes", "{\"after\": {\"from\": \"2030-01-01\"}}").get("total").getAsInt());
    post("/api/explorers/toy/changes", "{\"earlier\": \"none\"}", 404);
    post("/api/explorers/toy/changes", "{\"later\": \"toy\"}", 400);
  }

  @Test
  void changesLikeThatOfATile() throws Exception {
    JsonObject result = analysis("changes", "{\"k\": 100, \"like\": \"c7-later\"}");
    JsonArray hits = result.getAsJsonArray("hits");
    assertEquals("change like c7-later", result.get("query").getAsString());
    assertEquals("c7-later", ids(hits).get(0));
    assertEquals(1, hits.get(0).getAsJsonObject().get("score").getAsDouble(), 1e-6);
    assertEquals(CELLS + 7L, row(hits, "c7-later"));
    assertEquals(
        "c7", result.getAsJsonArray("earlier").get(0).getAsJsonObject().get("id").getAsString());
    SearchResult expected =
        ChangeSearch.within(dated, TileFilter.ALL).like("c7-later", SearchOptions.top(100));
    assertEquals(expected.hits().stream().map(hit -> hit.tile().id()).toList(), ids(hits));
    for (String wrong : List.of("none", "c7")) {
      JsonObject problem = post("/api/explorers/toy/changes", "{\"like\": \"" + wrong + "\"}", 400);
      assertTrue(problem.get("detail").getAsString().contains("later tile " + wrong + " "));
    }
  }

  private String file(String path, String body) throws Exception {
    HttpRequest request =
        request("/api/explorers/toy/" + path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    assertTrue(answer.headers().firstValue("Content-Disposition").orElse("").contains("toy-hits."));
    return answer.body();
  }

  private static List<String> csvIds(String csv) {
    List<String> lines = csv.strip().lines().toList();
    int id = List.of(lines.get(0).split(",")).indexOf("id");
    return lines.stream().skip(1).map(line -> line.split(",")[id]).toList();
  }

  @Test
  void analysesAreFilesToo() throws Exception {
    for (String body :
        List.of("{\"k\": 3, \"field\": false}", "{\"k\": 5, \"like\": \"c7-later\"}")) {
      JsonArray hits = analysis("changes", body).getAsJsonArray("hits");
      assertEquals(ids(hits), csvIds(file("changes/export?format=csv", body)));
    }
    JsonObject collection =
        new Gson().fromJson(file("outliers/export?format=geojson", "{\"k\": 4}"), JsonObject.class);
    assertEquals(4, collection.getAsJsonArray("features").size());
    String clusters = file("clusters/export?format=csv", "{\"k\": 1000000, \"clusters\": 2}");
    assertEquals(2 * CELLS, new TreeSet<>(csvIds(clusters)).size());
    assertTrue(file("changes/export?format=geoparquet", "{}").startsWith("PAR1"));
    post("/api/explorers/toy/changes/export?format=pdf", "{}", 400);
    post("/api/explorers/toy/changes/export?format=csv", "{\"parts\": []}", 400);
    post("/api/explorers/none/outliers/export?format=csv", "{}", 404);
  }

  @Test
  void eachChangeHasItsEarlierTile() throws Exception {
    JsonObject result = analysis("changes", "{\"k\": 100}");
    JsonArray hits = result.getAsJsonArray("hits");
    JsonArray earlier = result.getAsJsonArray("earlier");
    assertEquals(100, earlier.size());
    for (int i = 0; i < 100; i++) {
      String later = hits.get(i).getAsJsonObject().get("id").getAsString();
      JsonObject tile = earlier.get(i).getAsJsonObject();
      assertEquals(later, tile.get("id").getAsString() + "-later");
      assertEquals("c" + tile.get("row"), tile.get("id").getAsString());
    }
    assertEquals(result.get("tilesTag"), result.get("earlierTag"));
  }

  @Test
  void aSecondRequestReadsNoEmbeddings() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    ExactIndex index = new ExactIndex(DIMENSION, ExactIndex.DEFAULT_METRIC);
    EmbeddingIndex counting =
        (EmbeddingIndex)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {MutableIndex.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("reconstruct")) reads.incrementAndGet();
                  return method.invoke(index, arguments);
                });
    try (EarthExplorer other =
            EarthExplorer.open(dated, EmbeddingModel.withoutEncoders(INFO), counting);
        ExplorerServer counted =
            ExplorerServer.builder().add(ServedExplorer.of("toy", other)).start(0)) {
      server.close();
      server = counted;
      JsonObject all = analysis("changes", "{\"k\": 100}");
      int first = reads.get();
      assertTrue(first > 0);
      JsonArray rest = analysis("changes", "{\"k\": 10, \"offset\": 5}").getAsJsonArray("hits");
      assertEquals(ids(all.getAsJsonArray("hits")).subList(5, 15), ids(rest));
      assertEquals(
          2,
          analysis("changes", "{\"minScore\": 0.5, \"support\": 0.1}")
              .getAsJsonArray("hits")
              .size());
      assertEquals(first, reads.get());
      analysis("changes", "{\"after\": {\"from\": \"2021-01-01\"}}");
      assertTrue(reads.get() > first, "other tiles are compared");
    }
  }

  private static long row(JsonArray hits, String id) {
    for (JsonElement hit : hits) {
      if (hit.getAsJsonObject().get("id").getAsString().equals(id)) {
        return hit.getAsJsonObject().get("row").getAsLong();
      }
    }
    return -1;
  }

  private byte[] field(JsonObject result) throws Exception {
    String path = "/api/fields/" + result.get("field").getAsString();
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray()).body();
  }

  @Test
  void outliersAreFarFromTheirNeighbors() throws Exception {
    JsonArray hits = analysis("outliers", "{\"neighbors\": 5, \"k\": 2}").getAsJsonArray("hits");
    assertEquals("c55", ids(hits).get(0));
    List<Hit> expected = earth.outliers(5, SearchOptions.top(2)).hits();
    assertEquals(
        expected.get(0).score(), hits.get(0).getAsJsonObject().get("score").getAsFloat(), 1e-6f);
    post("/api/explorers/toy/outliers", "{\"neighbors\": 0}", 400);
  }

  @Test
  void clustersAreNumberedByTheirSizes() throws Exception {
    JsonObject result =
        analysis("clusters", "{\"clusters\": 2, \"k\": 3, \"filter\": {\"from\": \"2021-01-01\"}}");
    JsonArray clusters = result.getAsJsonArray("clusters");
    assertEquals(2, clusters.size());
    assertEquals(
        66, clusters.get(0).getAsJsonObject().get("tiles").getAsInt() + 2, "c7, c8 changed");
    for (String id : ids(clusters.get(1).getAsJsonObject().getAsJsonArray("hits"))) {
      int cell = Integer.parseInt(id.replaceAll("\\D", ""));
      assertTrue(cell % 3 == 0 || cell == 7 || cell == 8, id);
    }
    assertEquals(8 + 2 * 2 * CELLS, field(result).length);
    post("/api/explorers/toy/clusters", "{\"clusters\": 101}", 400);
    post("/api/explorers/toy/clusters", "{\"clusters\": 100, \"k\": 101}", 400);
    post("/api/explorers/toy/clusters", "{\"clusters\": 100, \"filter\": {\"clouds\": 0}}", 400);
  }
}
