package io.earthembed.raster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Polygon;
import io.earthembed.geo.Region;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.raster.PixelEmbeddings.Pooling;
import io.earthembed.testkit.peer.PythonPeer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pixels pooled over cells and polygons, as NumPy pools what rasterio and NumPy wrote. */
class PixelEmbeddingsTest {
  @TempDir Path folder;

  private PythonPeer peer() throws IOException {
    return PythonPeer.start(Path.of("src/test/python/pixel_peer.py"), folder.toString());
  }

  private URI file(String name) {
    return folder.resolve(name).toUri();
  }

  private static List<float[]> vectors(EmbeddingDataset dataset) {
    List<float[]> rows = new ArrayList<>();
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++) {
            float[] row = new float[batch.dimension()];
            batch.get(i, row);
            rows.add(row);
          }
        });
    return rows;
  }

  private static JsonArray pool(PythonPeer peer, String name, List<BoundingBox> boxes)
      throws IOException {
    List<double[]> edges = new ArrayList<>();
    for (BoundingBox box : boxes) {
      edges.add(new double[] {box.west(), box.south(), box.east(), box.north()});
    }
    String answer = peer.ask("pool " + name + " " + new Gson().toJson(edges));
    return JsonParser.parseString(answer).getAsJsonArray();
  }

  private static void assertPooled(JsonArray expected, float[] actual, boolean deviation) {
    int n = expected.get(1).getAsJsonArray().size();
    assertEquals(deviation ? 2 * n : n, actual.length);
    for (int i = 0; i < n; i++) {
      assertEquals(expected.get(1).getAsJsonArray().get(i).getAsDouble(), actual[i], 1e-6);
      if (deviation) {
        assertEquals(expected.get(2).getAsJsonArray().get(i).getAsDouble(), actual[n + i], 1e-6);
      }
    }
  }

  @Test
  void alphaEarthOverCells() throws IOException {
    MajorTomGrid grid = new MajorTomGrid(2);
    try (PythonPeer peer = peer();
        TestScenes server = new TestScenes();
        PixelEmbeddings pixels =
            PixelEmbeddings.alphaEarth(2024).pooling(Pooling.MEAN_AND_DEVIATION).build()) {
      peer.ask("alphaearth");
      server.put("aef.tif", Files.readAllBytes(folder.resolve("aef.tif")));
      Region region = new BoundingBox(15.01, 45.06, 15.08, 45.2);
      PixelFile raster = PixelFile.cog(server.server.url("aef.tif"));
      EmbeddingDataset dataset = pixels.cells(List.of(raster), grid, region);
      List<float[]> vectors = vectors(dataset);
      List<GridCell> cells =
          grid.cellsIn(region.bounds()).filter(c -> region.contains(grid.centerOf(c))).toList();
      JsonArray expected = pool(peer, "aef", cells.stream().map(grid::footprint).toList());
      int row = 0;
      for (int i = 0; i < cells.size(); i++) {
        JsonArray of = expected.get(i).getAsJsonArray();
        if (of.get(0).getAsInt() == 0) continue;
        assertEquals(cells.get(i).name(), dataset.catalog().record(row).id());
        assertEquals(cells.get(i), dataset.catalog().record(row).cell());
        assertEquals(
            Instant.parse("2024-01-01T00:00:00Z"), dataset.catalog().record(row).timestamp());
        assertPooled(of, vectors.get(row++), true);
      }
      assertEquals(row, vectors.size());
      assertTrue(row > 5 && row < cells.size(), row + " of " + cells.size());
      assertEquals(128, dataset.model().dimension());
    }
  }

  @Test
  void aSmallWindowCostsTheBytesOfItsTiles() throws IOException {
    try (PythonPeer peer = peer();
        TestScenes server = new TestScenes();
        PixelEmbeddings pixels = PixelEmbeddings.alphaEarth(2024).build()) {
      peer.ask("alphaearth");
      byte[] bytes = Files.readAllBytes(folder.resolve("aef.tif"));
      server.put("aef.tif", bytes);
      Region region = new BoundingBox(15.05, 45.09, 15.06, 45.1);
      PixelFile raster = PixelFile.cog(server.server.url("aef.tif"));
      EmbeddingDataset dataset = pixels.regions(List.of(raster), Map.of("one", region));
      assertPooled(
          pool(peer, "aef", List.of(region.bounds())).get(0).getAsJsonArray(),
          vectors(dataset).get(0),
          false);
      assertEquals("one", dataset.catalog().record(0).id());
      long wanted = pixels.stats().bytesWanted();
      assertTrue(wanted < bytes.length / 4, wanted + " of " + bytes.length);
      assertTrue(pixels.stats().bytesRead() < wanted + (1 << 17), pixels.stats().toString());
    }
  }

  @Test
  void tesseraOverPolygons() throws IOException {
    try (PythonPeer peer = peer();
        PixelEmbeddings pixels = PixelEmbeddings.tessera("1.1", 2024).build()) {
      peer.ask("tessera");
      PixelFile raster =
          PixelFile.tessera(file("grid.npy"), file("grid_scales.npy"), file("grid.tiff"));
      GeoPoint middle =
          io.earthembed.geo.Utm.ofEpsg(32733).unproject(300000 + 1100, 6000000 - 1500);
      double lat = middle.latitude();
      double lon = middle.longitude();
      Map<String, Region> regions = new LinkedHashMap<>();
      regions.put("outside", new BoundingBox(lon + 5, lat, lon + 6, lat + 1));
      regions.put("box", new BoundingBox(lon - 0.004, lat - 0.005, lon + 0.006, lat + 0.004));
      regions.put(
          "polygon",
          Polygon.of(
              new GeoPoint(lat, lon),
              new GeoPoint(lat, lon + 0.007),
              new GeoPoint(lat + 0.006, lon + 0.007),
              new GeoPoint(lat + 0.006, lon)));
      EmbeddingDataset dataset = pixels.regions(List.of(raster), regions);
      JsonArray expected =
          pool(peer, "tessera", regions.values().stream().map(Region::bounds).toList());
      List<float[]> vectors = vectors(dataset);
      assertEquals(2, vectors.size());
      for (int i = 0; i < 2; i++) {
        assertPooled(expected.get(i + 1).getAsJsonArray(), vectors.get(i), false);
      }
      assertEquals("polygon", dataset.catalog().record(1).id());
      assertEquals(new ModelInfo("TESSERA", "1.1", 128), dataset.model());
    }
  }

  @Test
  void tesseraInZarrOverCells() throws IOException {
    MajorTomGrid grid = new MajorTomGrid(1);
    try (PythonPeer peer = peer();
        TestScenes server = new TestScenes();
        PixelEmbeddings pixels = PixelEmbeddings.tessera("1.1", 2024).build()) {
      peer.ask("zarr");
      Path store = folder.resolve("store.zarr");
      try (Stream<Path> files = Files.walk(store)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          server.put("t/" + store.relativize(file), Files.readAllBytes(file));
        }
      }
      URI remote = server.server.url("t/utm32");
      URI local = store.resolve("utm32").toUri();
      Region region = new BoundingBox(10.3, 46.9, 10.4, 46.97);
      for (URI group : new URI[] {remote, local}) {
        EmbeddingDataset dataset = pixels.cells(List.of(PixelFile.zarr(group, 2024)), grid, region);
        List<float[]> vectors = vectors(dataset);
        List<GridCell> cells =
            grid.cellsIn(region.bounds()).filter(c -> region.contains(grid.centerOf(c))).toList();
        JsonArray expected = pool(peer, "zarr", cells.stream().map(grid::footprint).toList());
        int row = 0;
        for (int i = 0; i < cells.size(); i++) {
          JsonArray of = expected.get(i).getAsJsonArray();
          if (of.get(0).getAsInt() == 0) continue;
          assertEquals(cells.get(i).name(), dataset.catalog().record(row).id());
          assertPooled(of, vectors.get(row++), false);
        }
        assertEquals(row, vectors.size());
        assertTrue(row > 5 && row < cells.size(), row + " of " + cells.size());
      }
      EarthEmbedException other =
          assertThrows(
              EarthEmbedException.class,
              () -> pixels.cells(List.of(PixelFile.zarr(remote, 2022)), grid, region));
      assertTrue(other.getMessage().contains("has no 2022, only [2023, 2024]"), other.getMessage());
      byte[] shard = Files.readAllBytes(store.resolve("utm32/scales/c/1/0/0"));
      shard[shard.length - 1] ^= 1;
      server.put("t/utm32/scales/c/1/0/0", shard);
      try (PixelEmbeddings fresh = PixelEmbeddings.tessera("1.1", 2024).build()) {
        EarthEmbedException damaged =
            assertThrows(
                EarthEmbedException.class,
                () -> fresh.cells(List.of(PixelFile.zarr(remote, 2024)), grid, region));
        assertTrue(damaged.getMessage().contains("scales/c/1/0/0"), damaged.getMessage());
        assertTrue(damaged.getMessage().contains("a wrong CRC-32C"), damaged.getMessage());
      }
      String metadata = Files.readString(store.resolve("utm32/scales/zarr.json"));
      server.put(
          "t/utm32/scales/zarr.json",
          metadata.replace("\"blosc\"", "\"gzip\"").getBytes(StandardCharsets.UTF_8));
      EarthEmbedException codec =
          assertThrows(
              EarthEmbedException.class,
              () -> pixels.cells(List.of(PixelFile.zarr(remote, 2024)), grid, region));
      assertTrue(codec.getMessage().contains("it has the codec gzip"), codec.getMessage());
    }
  }

  private static byte[] npy(String header, int bytes) {
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    byte[] file = new byte[10 + padded.length() + bytes];
    byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) padded.length(), 0};
    System.arraycopy(start, 0, file, 0, 10);
    System.arraycopy(padded.getBytes(StandardCharsets.ISO_8859_1), 0, file, 10, padded.length());
    return file;
  }

  @Test
  void namesWhatItCannotRead() throws IOException {
    Raster mask = Raster.allocate(3, 4, 1, SampleType.UINT8);
    Files.write(
        folder.resolve("mask.tiff"),
        TestScenes.tiff(mask.withReference(new GeoReference(32633, 500_000, 5_000_000, 10))));
    Files.write(
        folder.resolve("web.tiff"),
        TestScenes.tiff(mask.withReference(new GeoReference(3857, 0, 0, 10))));
    String shape = "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }";
    Files.write(folder.resolve("scales.npy"), npy(shape.formatted("<f4", "False", "3, 4"), 48));
    Region region = new BoundingBox(14.9, 45, 15.1, 45.3);
    try (PixelEmbeddings pixels = PixelEmbeddings.tessera("1.1", 2024).build()) {
      String[][] files = {
        {"<f8", "False", "3, 4, 128", "12288", "neither int8 nor float32"},
        {"|i1", "True", "3, 4, 128", "1536", "in Fortran's order"},
        {"|i1", "False", "3, 4, 128", "1535", "a shape of (3,4,128) in a file of"},
        {"|i1", "False", "3, 99999999999, 128", "1536", "a shape of"},
        {"|i1", "False", "3, 4", "12", "are no int8 embeddings and float32 scales"},
        {"|i1", "False", "4, 3, 128", "1536", "are no int8 embeddings and float32 scales"},
        {"|i1", "False", "3, 4, 64", "768", "has 64 components, not those of"},
      };
      for (String[] f : files) {
        Files.write(
            folder.resolve("bad.npy"),
            npy(shape.formatted(f[0], f[1], f[2]), Integer.parseInt(f[3])));
        assertFails(pixels, "mask.tiff", region, f[4]);
      }
      Files.write(folder.resolve("bad.npy"), new byte[300]);
      assertFails(pixels, "mask.tiff", region, "not an array of NumPy");
      Files.write(
          folder.resolve("bad.npy"), npy(shape.formatted("|i1", "False", "3, 4, 128"), 1536));
      assertFails(pixels, "web.tiff", region, "is in EPSG:3857, not in a UTM zone");
      assertFails(pixels, "none.tiff", region, "no such file");
      pixels.close();
      assertThrows(
          IllegalStateException.class,
          () -> pixels.regions(List.of(raster("mask.tiff")), Map.of("x", region)));
    }
  }

  private PixelFile raster(String location) {
    return PixelFile.tessera(file("bad.npy"), file("scales.npy"), file(location));
  }

  private void assertFails(PixelEmbeddings pixels, String location, Region region, String problem) {
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> pixels.regions(List.of(raster(location)), Map.of("x", region)),
            problem);
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }
}
