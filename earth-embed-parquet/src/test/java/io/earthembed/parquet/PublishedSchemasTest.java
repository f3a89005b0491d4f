package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Opens files with the schemas of published datasets as they are, and compares their values with
 * what pyarrow reads; make_published.py wrote both. Only Planet's sample needs a mapping, because a
 * row has no embedding.
 */
class PublishedSchemasTest {
  private static final Path FOLDER =
      Path.of("src/test/resources/io/earthembed/parquet/published").toAbsolutePath();

  private static JsonObject expected(String name) throws Exception {
    return JsonParser.parseString(Files.readString(FOLDER.resolve("expected.json")))
        .getAsJsonObject()
        .getAsJsonObject(name);
  }

  private static GeoParquetDataset open(String name, int dimension) {
    ModelInfo model = new ModelInfo("model", "1", dimension);
    Path file = FOLDER.resolve(name + ".parquet");
    if (!name.equals("planet")) return GeoParquetDataset.open(file, model);
    ColumnMapping columns = ColumnMapping.builder().skipIncompleteRows().build();
    return GeoParquetDataset.open(file, model, columns);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "earth-index",
        "clay-v0",
        "lgnd-clay-v1_5",
        "planet",
        "planet-geometry",
        "majortom-siglip",
        "eee-249k",
        "eee-249k-dinov2"
      })
  void opensAsPublished(String name) throws Exception {
    JsonObject expected = expected(name);
    int dimension = expected.get("dimension").getAsInt();
    GeoParquetDataset dataset = open(name, dimension);
    JsonArray tiles = expected.getAsJsonArray("tiles");
    Vectors vectors = dataset.vectors();
    assertEquals(tiles.size(), dataset.catalog().size());
    for (int i = 0; i < tiles.size(); i++) {
      JsonObject tile = tiles.get(i).getAsJsonObject();
      TileRecord record = dataset.catalog().record(i);
      assertEquals(tile.get("id").getAsString(), record.id());
      assertEquals(
          tile.get("product").isJsonNull() ? null : tile.get("product").getAsString(),
          record.productId());
      assertEquals(
          tile.get("time").isJsonNull()
              ? null
              : Instant.ofEpochSecond(tile.get("time").getAsLong()),
          record.timestamp());
      GeoPoint center = new GeoPoint(tile.get("lat").getAsDouble(), tile.get("lon").getAsDouble());
      assertTrue(
          center.distanceTo(record.center()) < 0.01,
          () -> "row " + record + " is " + center.distanceTo(record.center()) + " m off");
      JsonArray values = tile.getAsJsonArray("embedding");
      float[] row = vectors.row(i);
      for (int j = 0; j < 4; j++) assertEquals(values.get(j).getAsFloat(), row[j]);
      assertEquals(values.get(4).getAsFloat(), row[dimension - 1]);
    }
  }

  @Test
  void takesTheCellFromTheCenterUnlessItIsThere() throws Exception {
    GeoParquetDataset clay = open("lgnd-clay-v1_5", 1024);
    for (int i = 0; i < 5; i++) {
      assertEquals(MajorTomGrid.CORE.cellOf(clay.catalog().center(i)), clay.catalog().cell(i));
    }
    assertEquals(GridCell.parse("584U_363R"), open("eee-249k", 1152).catalog().cell(1));
  }

  @Test
  void leavesUnknownWhatIsNotThere() throws Exception {
    TileRecord tile = open("earth-index", 384).catalog().record(1);
    assertNull(tile.productId());
    assertNull(tile.timestamp());
    assertNull(tile.source());
    assertEquals(Float.NaN, tile.cloudCover());
  }

  @Test
  void readsCloudsAndSources() throws Exception {
    GeoParquetDataset planet = open("planet", 512);
    assertEquals(1, planet.skippedRows());
    assertEquals(0, planet.catalog().cloudCover(0));
    assertEquals(Float.NaN, planet.catalog().cloudCover(1));
    assertEquals(50, planet.catalog().cloudCover(2));
    TileRef source = Objects.requireNonNull(open("eee-249k", 1152).catalog().record(3).source());
    assertEquals(3, source.rowGroup());
    assertEquals(
        URI.create(
            "https://www.modelscope.cn/datasets/Major-TOM/Core-S2L2A-249k/resolve/master/"
                + "images_249k/part_00001.parquet"),
        source.shard());
  }

  @Test
  void refusesDegreesThatClaimToBeMeters() {
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> open("planet-degrees", 512));
    assertTrue(e.toString().contains("in EPSG:3857, but all coordinates look like"), e::toString);
    GeoParquetDataset stated =
        GeoParquetDataset.open(
            FOLDER.resolve("planet-degrees.parquet"),
            new ModelInfo("model", "1", 512),
            ColumnMapping.builder().crs("OGC:CRS84").build());
    GeoPoint center = open("planet", 512).catalog().center(1);
    assertTrue(center.distanceTo(stated.catalog().center(2)) < 0.01);
  }

  @Test
  void takesTheModelFromTheEmbMetadata() {
    Path file = FOLDER.resolve("earth-index.parquet");
    assertEquals(
        new ModelInfo("dinov2_vits14_softcon", "2.0.0", 384), GeoParquetDataset.open(file).model());
    ModelInfo own = new ModelInfo("SoftCon", "2", 384);
    assertEquals(own, GeoParquetDataset.open(file, own).model());
    Path clay = FOLDER.resolve("clay-v0.parquet");
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> GeoParquetDataset.open(clay));
    assertTrue(e.toString().contains("names no model"), e::toString);
  }

  @Test
  void indexesOnlyTilesWithProducts() {
    GeoParquetDataset dataset =
        GeoParquetDataset.open(
            FOLDER.resolve("eee-249k.parquet"),
            new ModelInfo("model", "1", 1152),
            ColumnMapping.builder().product("utm_crs").build());
    assertEquals("EPSG:32633", dataset.catalog().productId(0));
    assertEquals(5, MetadataIndex.builder().addDataset(dataset).build().size());
    GeoParquetDataset planet =
        GeoParquetDataset.open(
            FOLDER.resolve("planet.parquet"),
            new ModelInfo("model", "1", 512),
            ColumnMapping.builder().source("embedding_thumbnail_uri", "chip_size").build());
    assertNull(planet.catalog().productId(0));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> MetadataIndex.builder().addDataset(planet));
    assertTrue(e.toString().contains("tile 0 of "), e::toString);
    assertTrue(e.toString().endsWith(" has no product"), e::toString);
  }
}
