package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.ModelComparison;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scores of several models are added over the tiles that all of them have. */
class FusionTest {
  private static EarthExplorer up;
  private static EarthExplorer down;
  private static ExplorerServer server;

  /** Returns tiles of some cells; their ids differ between datasets. */
  private static List<TileRecord> tiles(String prefix, int from, int to) {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = from; i < to; i++) {
      tiles.add(
          new TileRecord(
              prefix + i,
              new GridCell(i, i),
              "product-" + i,
              null,
              new GeoPoint(i, i),
              Float.NaN,
              null));
    }
    return tiles;
  }

  /** The first model prefers low cells, and the second high ones; both have cells 5 to 19. */
  @BeforeAll
  static void start() {
    up = Angles.explorer("up", tiles("a", 0, 20), row -> row * 0.05);
    down = Angles.explorer("down", tiles("b", 5, 25), row -> 1 - row * 0.05);
    server =
        ExplorerServer.builder()
            .add(ServedExplorer.of("first", up))
            .add(ServedExplorer.of("second", down))
            .start(0);
  }

  @AfterAll
  static void stop() {
    server.close();
    up.close();
    down.close();
  }

  private static HttpResponse<byte[]> send(String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.address().resolve(path))
            .header("Content-Type", "application/json");
    if (!body.isEmpty()) request.POST(HttpRequest.BodyPublishers.ofString(body));
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static JsonObject search(String parts, String more) throws Exception {
    HttpResponse<byte[]> answer =
        send(
            "api/search",
            "{\"explorers\": [\"first\"], \"combine\": \"fuse\", \"k\": 50, \"parts\": ["
                + parts
                + "]"
                + more
                + "}");
    assertEquals(200, answer.statusCode(), TestServer.text(answer));
    return TestServer.json(answer).getAsJsonArray("results").get(0).getAsJsonObject();
  }

  private static List<String> ids(JsonObject result) {
    List<String> ids = new ArrayList<>();
    for (var hit : result.getAsJsonArray("hits")) {
      ids.add(hit.getAsJsonObject().get("id").getAsString());
    }
    return ids;
  }

  @Test
  void partsAreAnsweredByTheModelsTheyName() throws Exception {
    for (double weight : new double[] {0.2, 3}) {
      JsonObject found =
          search(
              "{\"text\": \"x\", \"explorer\": \"first\"}, {\"text\": \"x\", \"explorer\":"
                  + " \"second\", \"weight\": "
                  + weight
                  + "}",
              "");
      SearchResult expected =
          ModelComparison.of(up, down)
              .search(
                  Query.fuse(
                      Query.text("x").by("up").weighted(1),
                      Query.text("x").by("down").weighted(weight)),
                  SearchOptions.top(50));
      assertEquals(
          expected.hits().stream().map(hit -> hit.tile().id()).toList(), ids(found), "" + weight);
      JsonArray hits = found.getAsJsonArray("hits");
      assertEquals(15, hits.size());
      for (int i = 0; i < hits.size(); i++) {
        JsonObject hit = hits.get(i).getAsJsonObject();
        assertEquals(expected.hits().get(i).score(), hit.get("score").getAsFloat());
      }
      assertEquals(weight > 1 ? "a19" : "a5", ids(found).get(0));
    }
  }

  @Test
  void theFieldHasTheSharedTiles() throws Exception {
    JsonObject found =
        search("{\"text\": \"x\"}, {\"text\": \"x\", \"explorer\": \"second\", \"weight\": 2}", "");
    ByteBuffer field =
        ByteBuffer.wrap(send("api/fields/" + found.get("field").getAsString(), "").body())
            .order(ByteOrder.LITTLE_ENDIAN)
            .position(8);
    for (int i = 0; i < 20; i++) {
      assertEquals(i < 5, (field.getShort() & 0xFFFF) == 0xFFFF, "tile " + i);
    }
  }

  @Test
  void feedbackMovesEachPart() throws Exception {
    String parts = "{\"text\": \"x\"}, {\"text\": \"x\", \"explorer\": \"second\"}";
    List<String> liked = ids(search(parts, ", \"feedback\": {\"good\": [\"a12\"]}"));
    SearchResult expected =
        ModelComparison.of(up, down)
            .search(
                Query.fuse(
                    Query.text("x")
                        .refine(List.of(Query.tile("a12")), List.of())
                        .by("up")
                        .weighted(1),
                    Query.text("x")
                        .refine(List.of(Query.tile("a12")), List.of())
                        .by("down")
                        .weighted(1)),
                SearchOptions.top(50));
    assertEquals(expected.hits().stream().map(hit -> hit.tile().id()).toList(), liked);
  }

  @Test
  void hitsOfAFusionAreExported() throws Exception {
    HttpResponse<byte[]> csv =
        send(
            "api/export?format=csv",
            "{\"explorers\": [\"first\"], \"combine\": \"fuse\", \"parts\": [{\"text\": \"x\"},"
                + " {\"text\": \"x\", \"explorer\": \"second\"}], \"k\": 50}");
    assertEquals(200, csv.statusCode(), TestServer.text(csv));
    assertTrue(TestServer.text(csv).contains("a19"), TestServer.text(csv));
    assertFalse(TestServer.text(csv).contains("a4"), TestServer.text(csv));
  }

  /** Runs an action when a text is encoded, which is after the explorers were joined. */
  private record Interrupting(Encoder<String> encoder, Runnable action) implements Encoder<String> {
    @Override
    public ModelInfo model() {
      return encoder.model();
    }

    @Override
    public Vectors encode(List<? extends String> inputs) {
      action.run();
      return encoder.encode(inputs);
    }

    @Override
    public void close() {}
  }

  @Test
  void aFusionIsRepeatedOnTheTilesThatChangedMeanwhile() throws Exception {
    EarthExplorer changing = Angles.explorer("up", tiles("a", 0, 20), row -> row * 0.05);
    AtomicInteger encoded = new AtomicInteger();
    EmbeddingModel model = Angles.model("down");
    Runnable change =
        () -> {
          if (encoded.getAndIncrement() > 0) return;
          changing.replaceWith(Angles.explorer("up", tiles("new", 10, 25), row -> row * 0.05));
        };
    EarthExplorer other =
        Angles.explorer(
            model.withText(new Interrupting(model.text().orElseThrow(), change)),
            tiles("b", 5, 25),
            row -> 1 - row * 0.05);
    try (ExplorerServer one =
        ExplorerServer.builder()
            .add(ServedExplorer.of("first", changing))
            .add(ServedExplorer.of("second", other))
            .start(0)) {
      HttpResponse<byte[]> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(one.address().resolve("api/search"))
                      .header("Content-Type", "application/json")
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              "{\"explorers\": [\"first\"], \"combine\": \"fuse\", \"k\": 50,"
                                  + " \"parts\": [{\"text\": \"x\"}, {\"text\": \"x\","
                                  + " \"explorer\": \"second\", \"weight\": 3}]}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      assertEquals(200, answer.statusCode(), TestServer.text(answer));
      List<String> ids =
          ids(TestServer.json(answer).getAsJsonArray("results").get(0).getAsJsonObject());
      assertEquals(2, encoded.get());
      assertEquals(15, ids.size());
      SearchResult expected =
          ModelComparison.of(changing, other)
              .search(
                  Query.fuse(
                      Query.text("x").by("up").weighted(1), Query.text("x").by("down").weighted(3)),
                  SearchOptions.top(50));
      assertEquals("new21", ids.get(0)); // cos(0.55) + 3 cos(0.2) is the greatest sum
      assertEquals(expected.hits().stream().map(hit -> hit.tile().id()).toList(), ids);
    } finally {
      changing.close();
      other.close();
    }
  }

  @Test
  void vectorsOfSeveralModelsAreNotAdded() throws Exception {
    HttpResponse<byte[]> refused =
        send(
            "api/search",
            "{\"explorers\": [\"first\"], \"parts\": [{\"text\": \"x\", \"explorer\":"
                + " \"second\"}]}");
    assertEquals(400, refused.statusCode());
    assertTrue(TestServer.text(refused).contains("set combine to fuse"), TestServer.text(refused));
    HttpResponse<byte[]> unknown =
        send(
            "api/search",
            "{\"explorers\": [\"first\"], \"combine\": \"fuse\", \"parts\": [{\"text\": \"x\","
                + " \"explorer\": \"third\"}]}");
    assertEquals(404, unknown.statusCode());
  }
}
