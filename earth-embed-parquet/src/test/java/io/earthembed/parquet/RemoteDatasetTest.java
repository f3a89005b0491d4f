package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.GeoReference;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteDatasetTest {
  private static final ModelInfo MODEL = new ModelInfo("remote", "1", 512);

  @TempDir Path folder;

  private static List<EmbeddedTile> tiles(int n) {
    List<EmbeddedTile> tiles = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      tiles.add(
          new EmbeddedTile(
              new TileRecord(
                  "id-" + i,
                  new GridCell(i % 500, 7),
                  "product",
                  Instant.ofEpochSecond(1_600_000_000L),
                  new GeoPoint(46, -3),
                  Float.NaN,
                  null),
              new CropFootprint(0, 0, 384, 384, new GeoReference(32630, 512_340, 5_100_000, 10))));
    }
    return tiles;
  }

  private static Vectors embeddings(int n) {
    Random random = new Random(n);
    Vectors vectors = Vectors.allocate(n, MODEL.dimension());
    float[] row = new float[MODEL.dimension()];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < row.length; j++) row[j] = random.nextFloat();
      vectors.set(i, row);
    }
    return vectors;
  }

  /** 25 MB, which needs several requests; both compressions in turn. */
  @Test
  void readsOverHttpWhatItReadsFromFiles() {
    Vectors first = embeddings(12_000);
    Vectors second = embeddings(700);
    new GeoParquetSink(folder, MODEL).write("a", tiles(12_000), first);
    new GeoParquetSink(folder, MODEL, DatasetCompression.ZSTD).write("b", tiles(700), second);
    try (RangeServer server = RangeServer.start(folder)) {
      List<URI> files = List.of(server.url("a.parquet"), server.url("b.parquet"));
      GeoParquetDataset remote = GeoParquetDataset.open(files, null);
      assertEquals(MODEL, remote.model());
      Vectors all = remote.vectors();
      assertEquals(12_700, all.rows());
      for (int i = 0; i < 12_700; i += 53) {
        assertArrayEquals(
            i < 12_000 ? first.row(i) : second.row(i - 12_000), all.row(i), "row " + i);
      }
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> GeoParquetDataset.open(List.of(URI.create("ftp://host/x")), MODEL));
  }

  @Test
  void noticesAFileThatWasReplacedOrCut() throws Exception {
    new GeoParquetSink(folder, MODEL).write("a", tiles(100), embeddings(100));
    Path file = folder.resolve("a.parquet");
    GeoParquetDataset dataset = GeoParquetDataset.open(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    EarthEmbedException e = assertThrows(EarthEmbedException.class, dataset::vectors);
    assertTrue(e.getMessage().contains("a.parquet has changed"), e.getMessage());
  }

  @Test
  void cutsAFootprintAtTheAntimeridian() {
    // Fiji: zone 60, whose east is at 180 degrees.
    Footprint whole =
        Footprint.of(
            new CropFootprint(0, 0, 384, 384, new GeoReference(32760, 500_000, 8_000_000, 10)));
    assertEquals(1, whole.rings().size());
    assertEquals(93, whole.wkb().length);
    Footprint cut =
        Footprint.of(
            new CropFootprint(0, 0, 384, 384, new GeoReference(32760, 815_000, 8_000_000, 10)));
    assertTrue(cut.crossesAntimeridian(), cut::toString);
    assertEquals(2, cut.rings().size());
    double area = 0;
    for (double[][] ring : cut.rings()) {
      double part = 0;
      for (int i = 1; i < ring.length; i++) {
        double[] a = ring[i - 1];
        double[] b = ring[i];
        assertTrue(Math.abs(b[0]) <= 180 && Math.abs(b[0]) > 179, "longitude " + b[0]);
        part += (a[0] * b[1] - b[0] * a[1]) / 2;
      }
      assertTrue(part > 0, "anticlockwise");
      area += part;
    }
    Footprint beside =
        Footprint.of(
            new CropFootprint(0, 0, 384, 384, new GeoReference(32760, 800_000, 8_000_000, 10)));
    double expected = (beside.east() - beside.west()) * (beside.north() - beside.south());
    assertEquals(expected, area, expected * 0.1);
    assertEquals(6, cut.wkb()[1], "a multipolygon");
  }
}
