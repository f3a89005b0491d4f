package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** stac-geoparquet, rustac and GeoPandas read the items that we write. */
class StacParquetHitsTest {
  private static final ModelInfo MODEL = new ModelInfo("angles", "1", 2);

  @TempDir Path folder;

  private SearchResult search(int hits) {
    List<EmbeddedTile> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(20, 2);
    for (int i = 0; i < 20; i++) {
      vectors.set(i, new float[] {(float) Math.cos(i / 20.0), (float) Math.sin(i / 20.0)});
      tiles.add(
          new EmbeddedTile(
              new TileRecord(
                  "id <" + i + ">",
                  new GridCell(i, -i),
                  i % 3 == 0 ? null : "product-" + i,
                  i % 4 == 0 ? null : Instant.ofEpochMilli(1_700_000_000_000L + 86_400_123L * i),
                  new GeoPoint(-80 + 8 * i, -179 + 18.5 * i),
                  i % 5 == 0 ? Float.NaN : 5 * i,
                  i % 7 == 0 ? null : new TileRef(URI.create("https://a.org/" + i), i)),
              null));
    }
    new GeoParquetSink(folder, MODEL).write("part", tiles, vectors);
    try (EarthExplorer earth =
        EarthExplorer.open(GeoParquetDataset.open(folder), EmbeddingModel.withoutEncoders(MODEL))) {
      return earth.search(Query.vector(new float[] {1, 0}), SearchOptions.top(hits));
    }
  }

  @Test
  void othersReadTheItems() throws IOException {
    SearchResult result = search(20);
    Path file = folder.resolve("hits.parquet");
    StacParquetHits.write(result, file);
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/stac_parquet.py"))) {
      JsonObject answer = JsonParser.parseString(peer.ask(file.toString())).getAsJsonObject();
      assertEquals("('OGC', 'CRS84')", answer.get("crs").getAsString());
      JsonObject emb = answer.getAsJsonObject("emb");
      assertEquals(2, emb.get("emb:dimensions").getAsInt());
      assertEquals("chip", emb.get("emb:type").getAsString());
      assertEquals("angles", emb.getAsJsonObject("model").get("id").getAsString());
      for (String reader : new String[] {"items", "rustac"}) {
        JsonArray items = answer.getAsJsonArray(reader);
        assertEquals(20, items.size());
        for (Hit hit : result.hits()) {
          check(hit, items.get(hit.rank() - 1).getAsJsonObject(), reader);
          JsonArray point = answer.getAsJsonArray("points").get(hit.rank() - 1).getAsJsonArray();
          assertEquals(hit.tile().center().longitude(), point.get(0).getAsDouble());
          assertEquals(hit.tile().center().latitude(), point.get(1).getAsDouble());
        }
      }
    }
  }

  private static void check(Hit hit, JsonObject item, String reader) {
    TileRecord tile = hit.tile();
    JsonObject properties = item.getAsJsonObject("properties");
    assertEquals(tile.id(), item.get("id").getAsString(), reader);
    assertEquals(tile.center().longitude(), item.getAsJsonArray("bbox").get(2).getAsDouble());
    assertEquals(tile.center().latitude(), item.getAsJsonArray("bbox").get(3).getAsDouble());
    Instant time = tile.timestamp();
    JsonElement datetime = properties.get("datetime");
    if (time == null) {
      assertTrue(datetime == null || datetime.isJsonNull(), reader);
      assertEquals(
          Instant.parse("0001-01-01T00:00:00Z"),
          Instant.parse(properties.get("start_datetime").getAsString()));
      assertEquals(
          Instant.parse("9999-12-31T23:59:59Z"),
          Instant.parse(properties.get("end_datetime").getAsString()));
    } else {
      assertEquals(time, Instant.parse(datetime.getAsString()), reader);
    }
    boolean clouds = !Float.isNaN(tile.cloudCover());
    if (clouds) assertEquals(tile.cloudCover(), properties.get("eo:cloud_cover").getAsFloat());
    JsonArray extensions = item.getAsJsonArray("stac_extensions");
    assertEquals(clouds ? 1 : 0, extensions == null ? 0 : extensions.size(), reader);
    assertEquals(hit.rank(), properties.get("earthembed:rank").getAsInt(), reader);
    assertEquals(hit.score(), properties.get("earthembed:score").getAsFloat(), reader);
    assertEquals(tile.cell().name(), properties.get("earthembed:grid_cell").getAsString(), reader);
    JsonElement product = properties.get("earthembed:product_id");
    if (tile.productId() != null) assertEquals(tile.productId(), product.getAsString(), reader);
    TileRef source = tile.source();
    JsonObject assets = item.getAsJsonObject("assets");
    if (source == null) {
      assertFalse(assets != null && assets.has("data") && !assets.get("data").isJsonNull(), reader);
    } else {
      assertEquals(
          source.shard().toString(),
          assets.getAsJsonObject("data").get("href").getAsString(),
          reader);
    }
  }
}
