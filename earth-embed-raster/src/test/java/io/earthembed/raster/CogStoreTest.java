package io.earthembed.raster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Utm;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.stac.StacClient;
import io.earthembed.testkit.peer.PythonPeer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiles of scenes: found by STAC, their windows read by range. */
class CogStoreTest {
  private final TestScenes scenes = new TestScenes();
  private final StacClient client = StacClient.builder(scenes.server.url("")).attempts(1).build();

  @AfterEach
  void close() throws IOException {
    scenes.close();
  }

  private static TileRecord hit(GeoPoint center, String time) {
    return new TileRecord(
        "hit",
        new GridCell(1, 2),
        "another product",
        time.isEmpty() ? null : Instant.parse(time),
        center,
        Float.NaN,
        null);
  }

  /** Returns an item whose assets are the scene's bands. */
  private static String item(String id, String time, double clouds, String box, String more) {
    StringBuilder assets = new StringBuilder();
    for (String band :
        new String[] {
          "B02 blue", "B03 green", "B04 red", "B05 rededge1", "SCL scl", "TCI visual"
        }) {
      String[] names = band.split(" ");
      if (!assets.isEmpty()) assets.append(',');
      assets.append(
          "'%s':{'href':'/%s.tif','type':'image/tiff; application=geotiff','raster:bands':[{'scale':0.0001,'offset':-0.1}]}"
              .formatted(names[1], names[0]));
      assets.append(
          ",'%s-jp2':{'href':'/%s.jp2','type':'image/jp2'}".formatted(names[1], names[0]));
    }
    return ("{'type':'Feature','id':'%s','bbox':[%s],'properties':{'datetime':'%s','eo:cloud_cover':%s%s},"
            + "'links':[{'rel':'self','href':'/items/%s'}],'assets':{%s}}")
        .formatted(id, box, time, clouds, more, id, assets)
        .replace('\'', '"');
  }

  private void putItems(String... items) {
    scenes.put(
        "",
        "{'links':[{'rel':'search','href':'/search','method':'POST'}]}"
            .replace('\'', '"')
            .getBytes(UTF_8));
    scenes.put(
        "search",
        ("{\"type\":\"FeatureCollection\",\"features\":[" + String.join(",", items) + "]}")
            .getBytes(UTF_8));
    for (String item : items) {
      String id = JsonParser.parseString(item).getAsJsonObject().get("id").getAsString();
      scenes.put("items/" + id, item.getBytes(UTF_8));
    }
  }

  @Test
  void windowsAreThoseOfRasterioForTheBytesOfTheirTiles(@TempDir Path folder) throws IOException {
    try (PythonPeer peer =
            PythonPeer.start(Path.of("src/test/python/scene_peer.py"), folder.toString());
        CogImageryStore store = CogImageryStore.open(client, "scenes")) {
      peer.ask("scene");
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          scenes.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
      }
      putItems(item("S2A_33", "2024-06-02T10:00:00Z", 1.5, "15,44.9,15.3,45.2", ""));
      // Inside; over the left and the lower edge; on the area without data.
      double[][] places = {{45.05, 15.12}, {45.04, 15.005}, {44.97, 15.1}, {45.149, 15.004}};
      for (double[] place : places) {
        GeoPoint center = new GeoPoint(place[0], place[1]);
        TileRecord tile = store.locate(hit(center, "2024-06-01T00:00:00Z"), 3840);
        assertEquals("S2A_33", tile.productId());
        assertEquals(1.5f, tile.cloudCover());
        assertEquals(Instant.parse("2024-06-02T10:00:00Z"), tile.timestamp());
        TileRef source = Objects.requireNonNull(tile.source());
        TileParts parts = TileParts.bands(Band.B02, Band.B03, Band.B04, Band.B05).withCloudMask();
        store.fetch(source, TileParts.bands(Band.B02)); // the header is known from now on
        Tile read = store.fetch(source, parts).requireSameAs(tile);
        for (Band band : parts.bands()) {
          JsonArray answer = ask(peer, band.name(), place);
          Raster raster = read.band(band);
          assertEquals(3840 / band.meters(), raster.width());
          assertEquals(answer.get(0).getAsInt(), raster.height());
          assertEquals(SampleType.UINT16, raster.type());
          assertSamples(folder, raster, band + " at " + center);
          GeoReference reference = Objects.requireNonNull(raster.reference());
          assertEquals(32633, reference.epsg());
          assertEquals(band.meters(), reference.pixelSize());
          assertEquals(0, reference.west() % 60);
        }
        Raster mask = read.cloudMask();
        assertNotNull(mask);
        FetchStats before = store.stats();
        store.fetch(source, TileParts.bands(Band.B04));
        FetchStats cost = store.stats().since(before);
        long stored = ask(peer, "B04", place).get(2).getAsLong();
        assertEquals(stored, cost.bytesWanted(), "bytes of tiles at " + center);
        // GDAL puts 4 bytes before and after each tile, and other tiles may lie between.
        assertTrue(
            cost.bytesRead() >= stored && cost.bytesRead() <= stored + (1 << 17),
            cost + " for " + stored);
        assertTrue(cost.requests() <= 4, cost.toString());
      }
    }
  }

  @Test
  void largePicturesComeFromAnOverview(@TempDir Path folder) throws IOException {
    try (PythonPeer peer =
            PythonPeer.start(Path.of("src/test/python/scene_peer.py"), folder.toString());
        CogImageryStore store = CogImageryStore.open(client, "scenes")) {
      peer.ask("scene");
      scenes.put("TCI.tif", Files.readAllBytes(folder.resolve("TCI.tif")));
      putItems(item("x", "2024-06-02T10:00:00Z", 0, "15,44.9,15.3,45.2", ""));
      TileRef whole = new TileRef(scenes.server.url("items/x"), 0);
      Raster picture = Objects.requireNonNull(store.fetch(whole, TileParts.THUMBNAIL).thumbnail());
      assertEquals("[3, 1098, 1098]", peer.ask("picture 0 0 1098"));
      assertPicture(folder, picture);
      assertEquals(new GeoReference(32633, 499980, 5000040, 20), picture.reference());
      // 21,360 m of 10 m are twice the columns of a thumbnail.
      GeoPoint center = Utm.ofEpsg(32633).unproject(499980 + 10_800, 5000040 - 10_860);
      TileRef part = new TileRef(new TileWindow(center, 21_360).in(whole.shard()), 0);
      Raster window = Objects.requireNonNull(store.fetch(part, TileParts.THUMBNAIL).thumbnail());
      GeoReference place = Objects.requireNonNull(window.reference());
      int column = (int) Math.round((place.west() - 499980) / 20);
      int row = (int) Math.round((5000040 - place.north()) / 20);
      assertEquals("[3, 1068, 1068]", peer.ask("picture " + column + " " + row + " 1068"));
      assertPicture(folder, window);
    }
  }

  private static void assertPicture(Path folder, Raster raster) throws IOException {
    byte[] samples = Files.readAllBytes(folder.resolve("window.bin"));
    assertEquals(ByteBuffer.wrap(samples), raster.data());
  }

  private static JsonArray ask(PythonPeer peer, String band, double[] place) throws IOException {
    String request = String.format(Locale.ROOT, "window %s %s %s 3840", band, place[0], place[1]);
    return JsonParser.parseString(peer.ask(request)).getAsJsonArray();
  }

  private static void assertSamples(Path folder, Raster raster, String what) throws IOException {
    ShortBuffer samples =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("window.bin")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asShortBuffer();
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        assertEquals(samples.get() & 0xFFFF, raster.get(y, x, 0), what + " at " + y + ", " + x);
      }
    }
  }

  private void putFlatBands(float value) {
    for (Band band : Band.values()) {
      int side = 6000 / band.meters();
      Raster raster = Raster.allocate(side, side, 1, SampleType.UINT16);
      for (int y = 1; y < side; y++) for (int x = 0; x < side; x++) raster.set(y, x, 0, value);
      GeoReference place = new GeoReference(32633, 499980, 5000040, band.meters());
      scenes.put(band + ".tif", TestScenes.tiff(raster.withReference(place)));
    }
  }

  private static final GeoPoint PLACE = new GeoPoint(45.12, 15.03);

  @Test
  void choosesByDayThenByCoverageThenByClouds() {
    putFlatBands(1500);
    String box = "14,44,16,46";
    putItems(
        item("far", "2024-06-07T10:00:00Z", 0, box, ""),
        item("cut", "2024-06-02T10:00:00Z", 0, "15.02,45.11,15.04,45.13", ""),
        item("cloudy", "2024-06-02T11:00:00Z", 70, box, ""),
        item("best", "2024-06-02T12:00:00Z", 20, box, ""));
    try (CogImageryStore store = CogImageryStore.open(client, "scenes")) {
      TileRecord tile = store.locate(hit(PLACE, "2024-06-02T10:00:00Z"), 3840);
      assertEquals("best", tile.productId());
      assertEquals(MajorTomGrid.CORE.cellOf(PLACE), tile.cell());
      assertEquals("hit", tile.id());
      assertThrows(IllegalArgumentException.class, () -> store.locate(hit(PLACE, ""), 3840));
      assertThrows(
          IllegalArgumentException.class,
          () -> store.locate(hit(PLACE, "2024-06-02T10:00:00Z"), 1000));
    }
  }

  @Test
  void undoesTheOffsetThatTheItemStates() {
    putFlatBands(1500);
    String box = "14,44,16,46";
    String time = "2024-06-02T10:00:00Z";
    String plain =
        item("x", time, 0, box, "")
            .replaceAll("\"raster:bands\":\\[[^]]*],?", "")
            .replace(",}", "}");
    assertEquals(500, red(item("a", time, 0, box, "")));
    assertEquals(1500, red(item("b", time, 0, box, ",\"earthsearch:boa_offset_applied\":true")));
    assertEquals(1500, red(plain));
    assertEquals(
        500, red(plain.replace("\"eo:cloud", "\"s2:processing_baseline\":\"05.10\",\"eo:cloud")));
    assertEquals(
        1500, red(plain.replace("\"eo:cloud", "\"s2:processing_baseline\":\"03.01\",\"eo:cloud")));
  }

  /** Returns the red of a pixel; the first row is missing data. */
  private float red(String withPicture) {
    String item = withPicture.replace("\"visual\"", "\"other\"");
    putItems(item);
    String id = JsonParser.parseString(item).getAsJsonObject().get("id").getAsString();
    try (CogImageryStore store = CogImageryStore.open(client, "scenes")) {
      Tile tile =
          store.fetch(new TileRef(scenes.server.url("items/" + id), 0), TileParts.TRUE_COLOR);
      assertEquals(0, tile.band(Band.B04).get(0, 5, 0));
      Raster picture =
          store
              .fetch(new TileRef(scenes.server.url("items/" + id), 0), TileParts.THUMBNAIL)
              .thumbnail();
      assertEquals(tile.trueColor().data(), Objects.requireNonNull(picture).data());
      return tile.band(Band.B04).get(3, 3, 0);
    }
  }

  @Test
  void namesWhatItCannotRead() {
    putFlatBands(1500);
    putItems(item("x", "2024-06-02T10:00:00Z", 0, "14,44,16,46", ""));
    URI document = scenes.server.url("items/x");
    try (CogImageryStore store = CogImageryStore.open(client, "scenes")) {
      assertFails(store, document, TileParts.bands(Band.B08), "item x has no GeoTIFF of B08 among");
      assertFails(
          store,
          URI.create(document + "#45,99,3840"),
          TileParts.TRUE_COLOR,
          "far from the window around");
      assertFails(
          store,
          URI.create(document + "#45,16,3840"),
          TileParts.TRUE_COLOR,
          "no pixel of the window around");
      assertThrows(
          IllegalArgumentException.class,
          () -> store.fetch(new TileRef(URI.create(document + "#x"), 0), TileParts.TRUE_COLOR));
      Raster web = Raster.allocate(30, 30, 1, SampleType.UINT16);
      scenes.put("B03.tif", TestScenes.tiff(web.withReference(new GeoReference(3857, 0, 0, 10))));
      assertFails(
          store,
          URI.create(document + "#45,15,3840"),
          TileParts.bands(Band.B03),
          "is in EPSG:3857, not in a UTM zone");
      scenes.put("B05.tif", new byte[100]);
      assertFails(store, document, TileParts.bands(Band.B05), "B05.tif");
    }
    try (CogImageryStore store =
        CogImageryStore.builder(client, "scenes").onlyFrom(Set.of("example.org")).build()) {
      assertFails(store, document, TileParts.TRUE_COLOR, "its host may not be read from");
    }
    assertNull(TileWindow.of(document));
  }

  private static void assertFails(
      CogImageryStore store, URI shard, TileParts parts, String problem) {
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> store.fetch(new TileRef(shard, 0), parts));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @Test
  void readsAFileAnewThatHasChanged() {
    putFlatBands(1500);
    putItems(
        item(
            "x",
            "2024-06-02T10:00:00Z",
            0,
            "14,44,16,46",
            ",\"earthsearch:boa_offset_applied\":true"));
    TileRef ref = new TileRef(scenes.server.url("items/x"), 0);
    try (CogImageryStore store = CogImageryStore.open(client, "scenes")) {
      assertEquals(1500, store.fetch(ref, TileParts.bands(Band.B04)).band(Band.B04).get(9, 9, 0));
      Raster other = Raster.allocate(200, 200, 1, SampleType.UINT16);
      other.set(9, 9, 0, 77);
      scenes.put(
          "B04.tif",
          TestScenes.tiff(other.withReference(new GeoReference(32633, 499980, 5000040, 10))));
      assertEquals(77, store.fetch(ref, TileParts.bands(Band.B04)).band(Band.B04).get(9, 9, 0));
    }
  }
}
