package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchResult;
import io.earthembed.imagery.TileRecord;
import io.earthembed.testkit.peer.PythonPeer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StacItemsTest {
  private static SearchResult result() {
    TileRecord whole = Results.tile("whole", 10, 20);
    TileRecord clouds =
        new TileRecord(
            "clouds <&\"'>\n",
            whole.cell(),
            "product",
            whole.timestamp(),
            whole.center(),
            12.5f,
            whole.source());
    TileRecord bare =
        new TileRecord(
            "bare", whole.cell(), null, null, Results.tile("", 0, 180).center(), Float.NaN, null);
    return Results.of(
        Query.text("a river"),
        3,
        false,
        List.of(whole, clouds, bare),
        new float[] {0.5f, 0.4f, 0.3f});
  }

  @Test
  void pystacReadsValidItems(@TempDir Path folder) throws IOException {
    SearchResult result = result();
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/stac_items.py"))) {
      for (double side : new double[] {0, 10_680}) {
        StacItems items = StacItems.of(result).withNote("by us");
        if (side > 0) items = items.withSquares(side);
        Path file = folder.resolve("items-" + side + ".json");
        items.write(file);
        JsonArray read = JsonParser.parseString(peer.ask(file.toString())).getAsJsonArray();
        assertEquals(3, read.size());
        for (Hit hit : result.hits()) {
          JsonArray item = read.get(hit.rank() - 1).getAsJsonArray();
          TileRecord tile = hit.tile();
          assertEquals(tile.id(), item.get(0).getAsString());
          boolean bare = tile.timestamp() == null;
          assertEquals(bare, item.get(1).isJsonNull());
          if (!bare) assertEquals("2024-06-07T10:15:59+00:00", item.get(1).getAsString());
          assertEquals(
              side == 0 ? "Point" : bare ? "MultiPolygon" : "Polygon", item.get(3).getAsString());
          boolean clouds = !Float.isNaN(tile.cloudCover());
          assertEquals(clouds ? 1 : 0, item.get(4).getAsJsonArray().size());
          assertEquals(clouds ? "12.5" : "null", item.get(5).toString());
          assertEquals(hit.rank(), item.get(6).getAsInt());
          JsonObject assets = item.get(7).getAsJsonObject();
          assertEquals(bare ? 0 : 1, assets.size());
          if (!bare) {
            assertEquals("http://localhost/part_00001.parquet", assets.get("data").getAsString());
          }
        }
      }
    }
  }

  @Test
  void describesTheSearch() {
    JsonObject root =
        JsonParser.parseString(StacItems.of(result()).withNote("by us").toJson()).getAsJsonObject();
    assertEquals("by us", root.get("earthembed:note").getAsString());
    assertTrue(root.get("earthembed:query").getAsString().contains("a river"));
    assertEquals("angles 1", root.get("earthembed:model").getAsString());
    assertThrows(
        IllegalArgumentException.class, () -> StacItems.of(result()).withSquares(Double.NaN));
  }
}
