package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.GeoReference;
import io.earthembed.imagery.TileRecord;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** GeoPandas, DuckDB and pyarrow open what the sink writes. */
class SinkPeerTest {
  private static final ModelInfo MODEL = new ModelInfo("model", "2", 3);

  @TempDir Path folder;

  private static EmbeddedTile tile(int i) {
    GeoPoint center = new GeoPoint(48.1, 9.5 + i);
    double east = 500_000 + (9.5 + i - 9) * 74_000;
    TileRecord record =
        new TileRecord(
            "tile-" + i, MajorTomGrid.CORE.cellOf(center), null, null, center, Float.NaN, null);
    GeoReference reference = new GeoReference(32632, east, 5_330_000, 10);
    return new EmbeddedTile(record, new CropFootprint(0, 0, 384, 384, reference));
  }

  private static EmbeddingOrigin origin() {
    return EmbeddingOrigin.of(MODEL)
        .withCrops("TRUE_COLOUR, centre 384")
        .withPreparation("resize 224")
        .withSource("https://example.com/images");
  }

  @ParameterizedTest
  @EnumSource
  void otherProgramsOpenOurFiles(DatasetCompression compression) throws Exception {
    List<EmbeddedTile> tiles = new ArrayList<>();
    for (int i = 0; i < 4; i++) tiles.add(tile(i));
    tiles.add(new EmbeddedTile(new TileRecord("none", null, null, null, null, 1, null), null));
    Vectors vectors = Vectors.allocate(5, 3);
    vectors.set(0, new float[] {1, 2.5f, -3});
    new GeoParquetSink(folder, MODEL, compression).write("part", origin(), tiles, vectors);
    Path file = folder.resolve("part.parquet");
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/sink_peer.py"))) {
      JsonObject found = JsonParser.parseString(peer.ask(file.toString())).getAsJsonObject();
      assertEquals("[\"OGC\",\"CRS84\"]", found.get("crs").toString());
      JsonArray centers = found.getAsJsonArray("centers");
      assertEquals(5, centers.size());
      assertTrue(centers.get(4).isJsonNull());
      GeoPoint first =
          new GeoPoint(
              centers.get(0).getAsJsonArray().get(1).getAsDouble(),
              centers.get(0).getAsJsonArray().get(0).getAsDouble());
      assertTrue(first.distanceTo(new GeoPoint(48.1, 9.53)) < 4000, first::toString);
      assertEquals("[\"tile-1\",\"tile-2\"]", found.get("inside").toString());
      assertEquals(2, found.get("counted").getAsInt());
      assertEquals("[1.0,2.5,-3.0]", found.get("embedding").toString());
      JsonObject emb = found.getAsJsonObject("emb");
      assertEquals("chip", emb.get("emb:type").getAsString());
      assertEquals(3, emb.get("emb:dimensions").getAsInt());
      assertEquals("float32", emb.get("data_type").getAsString());
      assertEquals("{\"id\":\"model\",\"version\":\"2\"}", emb.get("model").toString());
      assertEquals(
          "TRUE_COLOUR, centre 384; resize 224",
          emb.getAsJsonObject("emb:preprocessing").get("expression").getAsString());
      assertTrue(emb.get("links").toString().contains("https://example.com/images"));
    }
  }

  @Test
  void theEmbMetadataNameTheModel() {
    new GeoParquetSink(folder, MODEL).write("part", List.of(tile(0)), Vectors.allocate(1, 3));
    MappedFile file =
        MappedFile.open(
            new io.earthembed.base.range.FileRanges(
                folder.resolve("part.parquet"), new io.earthembed.base.range.Counters()),
            ColumnMapping.NONE);
    assertEquals(MODEL, EmbMetadata.model(file.footer()));
  }
}
