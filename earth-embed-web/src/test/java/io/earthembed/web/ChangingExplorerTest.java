package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.collection.CollectionOptions;
import io.earthembed.collection.CollectionWriter;
import io.earthembed.dataset.EmbeddingDataset;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of a collection that changes. */
class ChangingExplorerTest {
  private static final int TILES = 30;

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir Path folder;
  private DemoEarth earth;
  private CollectionWriter writer;
  private EarthExplorer explorer;
  private ExplorerServer server;

  @BeforeEach
  void start() {
    earth = new DemoEarth(folder, TILES);
    EmbeddingDataset dataset = earth.explorer().embeddings();
    writer =
        CollectionWriter.open(
            folder.resolve("collection"), dataset.origin(), CollectionOptions.DEFAULTS);
    writer.addMissing(dataset);
    explorer =
        EarthExplorer.open(
            writer.collection(),
            earth.explorer().model(),
            earth.explorer().imagery().orElseThrow());
    server = ExplorerServer.builder().add(ServedExplorer.of("demo", explorer)).start(0);
  }

  @AfterEach
  void stop() {
    server.close();
    explorer.close();
    writer.close();
    earth.close();
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private JsonObject search() throws Exception {
    HttpResponse<byte[]> response =
        client.send(
            request("/api/search")
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"parts\": [{\"text\": \"a river\"}], \"k\": 30}"))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, response.statusCode(), () -> TestServer.text(response));
    return TestServer.json(response).getAsJsonArray("results").get(0).getAsJsonObject();
  }

  private JsonObject description() throws Exception {
    JsonObject json = TestServer.json(get("/api/explorers"));
    return json.getAsJsonArray("explorers").get(0).getAsJsonObject();
  }

  private static List<String> ids(JsonObject result) {
    List<String> ids = new ArrayList<>();
    result.getAsJsonArray("hits").forEach(hit -> ids.add(id(hit.getAsJsonObject())));
    return ids;
  }

  private static String id(JsonObject tile) {
    return tile.get("id").getAsString();
  }

  @Test
  void showsChangesAndAnswersForTheTilesThatAClientHasSeen() throws Exception {
    JsonObject before = search();
    String tag = before.get("tilesTag").getAsString();
    assertEquals(tag, description().get("tilesTag").getAsString());
    String last = explorer.catalog().id(TILES - 1);
    String row = "/api/explorers/demo/tiles/" + (TILES - 1);
    byte[] picture = get(row + "/picture").body();

    String removed = explorer.catalog().id(0); // later rows move up
    writer.remove(List.of(removed));
    JsonObject after = search();
    List<String> expected = ids(before);
    expected.remove(removed);
    assertEquals(expected, ids(after));
    String newTag = after.get("tilesTag").getAsString();
    assertNotEquals(tag, newTag);
    assertEquals(newTag, description().get("tilesTag").getAsString());
    assertEquals(TILES - 1, description().get("tiles").getAsInt());

    assertEquals(404, get(row).statusCode());
    assertEquals(last, id(TestServer.json(get(row + "?tiles=" + tag))));
    assertArrayEquals(picture, get(row + "/picture?tiles=" + tag).body());
    assertEquals(8 * TILES, get("/api/explorers/demo/points?tiles=" + tag).body().length);
    assertEquals(8 * (TILES - 1), get("/api/explorers/demo/points").body().length);
    HttpResponse<byte[]> unknown = get(row + "?tiles=" + "0".repeat(32));
    assertEquals(409, unknown.statusCode());
    assertTrue(TestServer.text(unknown).contains("the tiles of demo have changed: search again"));
  }

  @Test
  void keepsTheTilesOfTheLastVersionsOnly() throws Exception {
    String tag = search().get("tilesTag").getAsString();
    String address = "/api/explorers/demo/tiles/3?tiles=" + tag;
    for (int change = 0; change < 7; change++) {
      writer.remove(List.of(explorer.catalog().id(0)));
      search();
    }
    assertEquals(200, get(address).statusCode());
    writer.remove(List.of(explorer.catalog().id(0)));
    search();
    assertEquals(409, get(address).statusCode());
  }

  @Test
  void servesAReplacedExplorer() throws Exception {
    Path others = Files.createDirectory(folder.resolve("other"));
    DemoEarth other = new DemoEarth(others, 12);
    assertEquals(TILES, ids(search()).size());
    explorer.replaceWith(other.explorer());
    assertEquals(12, ids(search()).size());
    assertEquals(12, description().get("tiles").getAsInt());
  }
}
