package io.earthembed.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.guides.examples.DatasetGuide;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.DatasetCompression;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.repository.Repository;
import io.earthembed.vector.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's description of a set, and the code that opens it, over a folder in its layout. */
class DatasetGuideTest {
  @TempDir Path folder;

  private void write(String geohash, double latitude, double longitude) throws Exception {
    Path part = folder.resolve("set/portugal/geohash=" + geohash + "/year=2024");
    Files.createDirectories(part);
    ModelInfo model = new ModelInfo("Clay", "1.5", 1024);
    GeoPoint center = new GeoPoint(latitude, longitude);
    TileRecord tile =
        new TileRecord(
            geohash,
            MajorTomGrid.CORE.cellOf(center),
            "product",
            Instant.parse("2024-06-01T00:00:00Z"),
            center,
            Float.NaN,
            null);
    new GeoParquetSink(part, model, DatasetCompression.ZSTD)
        .write("part", List.of(new EmbeddedTile(tile, null)), Vectors.allocate(1, 1024));
  }

  @Test
  void opensTheDescribedSet() throws Exception {
    write("ey", 38.7, -9.1);
    write("ez", 41.2, -8.6);
    String guide = Files.readString(Repository.DOCS.resolve("guides/datasets.md"));
    Matcher json =
        Pattern.compile("^```json\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL).matcher(guide);
    assertTrue(json.find());
    Path description = folder.resolve("mine.json");
    String address = folder.resolve("set").toUri().toString();
    Files.writeString(
        description, json.group(1).replace("https://s3.example.org/bucket/", address));
    BoundingBox lisbon = new BoundingBox(-9.5, 38.5, -9, 39);
    GeoParquetDataset dataset = DatasetGuide.ownSet(description, lisbon, folder.resolve("cache"));
    assertEquals(1, dataset.catalog().size());
    assertEquals("ey", dataset.catalog().id(0));
    assertEquals(
        "Example Institute, CC-BY-4.0, https://example.org/portugal",
        dataset.attribution().toString());
  }
}
