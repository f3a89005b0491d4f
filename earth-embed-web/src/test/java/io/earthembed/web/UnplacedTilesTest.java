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
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tiles whose place or cell is unknown are searched, listed and taken home like all others. */
class UnplacedTilesTest {
  private static final String BODY = "{\"parts\": [{\"vector\": [1, 0]}], \"k\": 30}";
  private static EarthExplorer earth;
  private static ExplorerServer server;

  /** Every third tile has no place, and every fifth no cell. */
  static List<TileRecord> tiles(int count) {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      GeoPoint place = new GeoPoint(i, 2 * i);
      tiles.add(
          new TileRecord(
              "tile-" + i,
              i % 5 == 0 ? null : MajorTomGrid.CORE.cellOf(place),
              null,
              null,
              i % 3 == 0 ? null : place,
              Float.NaN,
              null));
    }
    return tiles;
  }

  @BeforeAll
  static void start() {
    earth = Angles.explorer(tiles(30));
    server = ExplorerServer.builder().add(ServedExplorer.of("angles", earth)).start(0);
  }

  @AfterAll
  static void stop() {
    server.close();
    earth.close();
  }

  private static byte[] send(HttpRequest.Builder request) throws Exception {
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                request.header("Content-Type", "application/json").build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, answer.statusCode(), TestServer.text(answer));
    return answer.body();
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(server.address().resolve(path));
  }

  private static JsonObject json(HttpRequest.Builder request) throws Exception {
    return new Gson().fromJson(new String(send(request), StandardCharsets.UTF_8), JsonObject.class);
  }

  private static HttpRequest.Builder post(String path) {
    return to(path).POST(HttpRequest.BodyPublishers.ofString(BODY));
  }

  @Test
  void areHitsWithoutAPlace() throws Exception {
    JsonArray hits =
        json(post("api/search"))
            .getAsJsonArray("results")
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("hits");
    assertEquals(30, hits.size());
    for (JsonElement element : hits) {
      JsonObject hit = element.getAsJsonObject();
      int row = hit.get("row").getAsInt();
      assertEquals(row % 3 != 0, hit.has("lat") && hit.has("lon"), hit.toString());
      assertEquals(row % 5 != 0, hit.has("cell"), hit.toString());
    }
    assertFalse(json(to("api/explorers/angles/tiles/15")).has("lat"));
  }

  @Test
  void areCountedAndDoNotSpoilTheExtent() throws Exception {
    JsonObject explorer =
        json(to("api/explorers")).getAsJsonArray("explorers").get(0).getAsJsonObject();
    assertEquals(10, explorer.get("unplaced").getAsInt());
    JsonObject bounds = explorer.getAsJsonObject("bounds");
    assertEquals(1, bounds.get("south").getAsDouble());
    assertEquals(58, bounds.get("east").getAsDouble());
    ByteBuffer points =
        ByteBuffer.wrap(send(to("api/explorers/angles/points"))).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 30; i++) {
      assertEquals(i % 3 == 0 ? Float.NaN : 2 * i, points.getFloat(), "tile " + i);
      assertEquals(i % 3 == 0 ? Float.NaN : i, points.getFloat(), "tile " + i);
    }
  }

  @Test
  void areExported() throws Exception {
    for (String format : List.of("csv", "geojson", "kml", "stac")) {
      String file = new String(send(post("api/export?format=" + format)), StandardCharsets.UTF_8);
      for (int i = 0; i < 30; i++) assertTrue(file.contains("tile-" + i), format + ": " + i);
    }
    assertTrue(send(post("api/export?format=geoparquet")).length > 1000);
  }
}
