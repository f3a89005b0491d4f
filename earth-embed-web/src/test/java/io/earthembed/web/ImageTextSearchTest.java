package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.TileRecord;
import io.earthembed.testkit.browser.Browser;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A picture with a text is one query if the model encodes both together; otherwise it is the sum of
 * two. The model receives the time and place that an agent gives for its picture.
 */
class ImageTextSearchTest {
  private static final byte[] PNG =
      ImageFiles.encodePng(Raster.allocate(8, 8, 3, SampleType.UINT8));

  private static EarthExplorer both;
  private static EarthExplorer apart;
  private static ExplorerServer server;

  @BeforeAll
  static void start() {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tiles.add(
          new TileRecord(
              "tile-" + i,
              new GridCell(i, i),
              "product",
              null,
              new GeoPoint(i, i),
              Float.NaN,
              null));
    }
    both = Angles.explorer(Angles.modelOfBoth("both", 0.5), tiles, row -> row * 0.1);
    apart = Angles.explorer("apart", tiles, row -> row * 0.1);
    server =
        ExplorerServer.builder()
            .add(ServedExplorer.of("both", both))
            .add(ServedExplorer.of("apart", apart))
            .start(0);
  }

  @AfterAll
  static void stop() {
    server.close();
    both.close();
    apart.close();
  }

  private static HttpResponse<String> send(String path, String type, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.address().resolve(path))
            .header("Content-Type", type)
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static JsonObject json(String text) {
    return new Gson().fromJson(text, JsonObject.class);
  }

  private static HttpResponse<String> search(String explorer, String parts) throws Exception {
    String body = "{\"explorers\": [\"" + explorer + "\"], \"parts\": [" + parts + "]}";
    return send("api/search", "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonObject result(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer.body());
    return json(answer.body()).getAsJsonArray("results").get(0).getAsJsonObject();
  }

  private static String best(JsonObject result) {
    return result.getAsJsonArray("hits").get(0).getAsJsonObject().get("id").getAsString();
  }

  private static String upload() throws Exception {
    return json(send("api/images", "image/png", PNG).body()).get("image").getAsString();
  }

  @Test
  void aPartOfBothIsOneQuery() throws Exception {
    String image = "\"image\": \"" + upload() + "\"";
    String together = "{\"text\": \"in winter\", " + image + "}";
    JsonObject one = result(search("both", together));
    assertEquals("tile-5", best(one));
    assertEquals("a picture of 8 x 8 with \"in winter\"", one.get("query").getAsString());
    assertEquals("[\"The picture's time unknown: noon.\"]", one.get("fallbacks").toString());
    JsonObject sum = result(search("both", "{\"text\": \"in winter\"}, {" + image + "}"));
    assertEquals("tile-0", best(sum));

    HttpResponse<String> refused = search("apart", together);
    assertEquals(400, refused.statusCode(), refused.body());
    assertTrue(refused.body().contains("has no image with text encoder"), refused.body());
    HttpResponse<String> wrong =
        search("both", "{\"text\": \"a\", \"tile\": \"tile-1\", " + image + "}");
    assertEquals(400, wrong.statusCode(), wrong.body());
    assertTrue(wrong.body().contains("nor text with image"), wrong.body());
  }

  @Test
  void explorersTellWhetherTheyTakeBoth() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(server.address().resolve("api/explorers")).build();
    String body =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    List<String> asks = new ArrayList<>();
    for (JsonElement each : json(body).getAsJsonArray("explorers")) {
      asks.add(each.getAsJsonObject().get("asks").toString());
    }
    assertEquals(
        List.of(
            "[\"text\",\"image\",\"imageText\",\"place\",\"tile\"]",
            "[\"text\",\"image\",\"place\",\"tile\"]"),
        asks);
  }

  /** Calls the agents' tool; returns its answer, which may be an error. */
  private static JsonObject tool(String explorer, String more) throws Exception {
    String picture = Base64.getEncoder().encodeToString(PNG);
    String body =
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": {\"name\":"
            + " \"search_tiles\", \"arguments\": {\"explorer\": \""
            + explorer
            + "\", \"picture\": \""
            + picture
            + "\""
            + more
            + "}}}";
    HttpResponse<String> answer =
        send("mcp", "application/json", body.getBytes(StandardCharsets.UTF_8));
    assertEquals(200, answer.statusCode(), answer.body());
    return json(answer.body()).getAsJsonObject("result");
  }

  private static String text(JsonObject answer) {
    JsonArray content = answer.getAsJsonArray("content");
    return content.get(0).getAsJsonObject().get("text").getAsString();
  }

  @Test
  void agentsAskForBothAtOnceWhereTheModelCan() throws Exception {
    assertEquals("tile-5", best(json(text(tool("both", ", \"text\": \"in winter\"")))));
    assertEquals("tile-0", best(json(text(tool("apart", ", \"text\": \"in winter\"")))));
    assertEquals("tile-0", best(json(text(tool("both", "")))));
  }

  @Test
  void agentsTellWhatIsKnownOfAPicture() throws Exception {
    String unknown = text(tool("apart", ""));
    assertTrue(unknown.contains("time unknown: noon"), unknown);
    String known = ", \"known\": {\"time\": \"2024-06-30T10:20:31Z\", \"lat\": 51, \"lon\": 12}";
    String told = text(tool("apart", known));
    assertEquals("tile-0", best(json(told)));
    assertFalse(told.contains("unknown"), told);

    for (String[] wrong :
        new String[][] {
          {"{\"time\": \"yesterday\"}", "2024-06-30T10:20:31Z"},
          {"{\"lat\": 51}", "only one is given"},
          {"{\"resolution\": 0}", "resolution"},
          {"{\"when\": 1}", "when"}
        }) {
      JsonObject refused = tool("apart", ", \"known\": " + wrong[0]);
      assertTrue(refused.get("isError").getAsBoolean(), refused.toString());
      assertTrue(text(refused).contains(wrong[1]), refused.toString());
    }
  }

  @Test
  void thePageJoinsATextAndAPictureForSuchAModel() {
    try (Browser browser = Browser.open(false)) {
      browser.open(server.address());
      String script =
          """
          const done = arguments[arguments.length - 1];
          import("/state.js").then(({ state, searchRequest }) => {
            state.text = "in winter";
            state.parts = [{ kind: "image", weight: 1, image: "id" }];
            const asked = (asks, weight = 1) => {
              state.parts[0].weight = weight;
              return JSON.stringify(searchRequest({ name: "one", asks }).parts);
            };
            done([asked(["imageText"]), asked(["text"]), asked(["imageText"], 0.5)].join("\\n"));
          });
          """;
      assertEquals(
          """
          [{"text":"in winter","weight":1,"image":"id"}]
          [{"text":"in winter","weight":1},{"image":"id","weight":1}]
          [{"text":"in winter","weight":1},{"image":"id","weight":0.5}]\
          """,
          browser.driver.executeAsyncScript(script));
    }
  }
}
