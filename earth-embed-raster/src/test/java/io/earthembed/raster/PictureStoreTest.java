package io.earthembed.raster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of pictures that make_pictures.py wrote, with a table. */
class PictureStoreTest {
  private static final List<String> PICTURES =
      List.of(
          "colors.png",
          "colors.jpg",
          "colors.tif",
          "gray.tif",
          "numbers3.tif",
          "numbers12.tif",
          "floats3.tif",
          "numbers4.tif");
  private static final GeoReference PLACE = new GeoReference(32632, 500_000, 5_000_000, 10);

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    Files.createDirectories(folder.resolve("pictures"));
    for (String name : PICTURES) {
      try (InputStream in = PictureStoreTest.class.getResourceAsStream("pictures/" + name)) {
        Files.copy(Objects.requireNonNull(in), folder.resolve("pictures").resolve(name));
      }
    }
  }

  private Path table(String text) throws IOException {
    return Files.writeString(folder.resolve("tiles.csv"), text);
  }

  /** Opens a table with a row for each picture. */
  private PictureStore all(Band... bands) throws IOException {
    StringBuilder text = new StringBuilder("file,lat,lon\n");
    for (String name : PICTURES) text.append("pictures/").append(name).append(",45,9\n");
    return PictureStore.open(table(text.toString()), List.of(bands));
  }

  private static Tile fetch(PictureStore store, String picture, TileParts parts) {
    TileRef ref = store.tiles().get(PICTURES.indexOf(picture)).source();
    return store.fetch(Objects.requireNonNull(ref), parts);
  }

  @Test
  void theTableDescribesTiles() throws Exception {
    Path table =
        table(
            "\uFEFFID, File ,time,Longitude,latitude,note,Cloud_Cover,product\r\n"
                + "one,pictures/colors.png,2024-05-01T10:20:30Z,9.25,-45.5,\"a, \"\"b\"\"\n\",12.5,"
                + "S2A\r\n"
                + "\r\n"
                + ",pictures/gray.tif,,-180,80,,,\r\n");
    try (PictureStore store = PictureStore.open(table)) {
      GeoPoint center = new GeoPoint(-45.5, 9.25);
      assertEquals(
          new TileRecord(
              "one",
              MajorTomGrid.CORE.cellOf(center),
              "S2A",
              Instant.parse("2024-05-01T10:20:30Z"),
              center,
              12.5f,
              new TileRef(table.toUri(), 0)),
          store.tiles().get(0));
      TileRecord second = store.tiles().get(1);
      assertEquals("pictures/gray.tif", second.id());
      assertEquals("pictures/gray.tif", second.productId());
      assertNull(second.timestamp());
      assertTrue(Float.isNaN(second.cloudCover()));
      assertEquals(2, store.tiles().size());
      for (TileRecord record : store.tiles()) {
        Tile tile = store.fetch(Objects.requireNonNull(record.source()), TileParts.THUMBNAIL);
        tile.requireSameAs(record);
        assertEquals(record.timestamp(), tile.timestamp());
      }
    }
  }

  @Test
  void picturesAreThumbnailsAndComposeThemselves() throws Exception {
    try (PictureStore store = all()) {
      for (String name : List.of("colors.png", "colors.jpg", "colors.tif", "gray.tif")) {
        Tile tile = fetch(store, name, new TileParts(TileParts.TRUE_COLOR.bands(), true));
        Raster picture = Objects.requireNonNull(tile.thumbnail());
        assertEquals(picture.data(), tile.trueColor().data(), name);
        assertEquals(3, picture.bands(), name);
        boolean located = name.endsWith(".tif");
        assertEquals(located ? PLACE : null, picture.reference(), name);
        assertEquals(located ? PLACE : null, tile.band(Band.B03).reference(), name);
        if (!located) {
          Raster read = ImageFiles.read(folder.resolve("pictures").resolve(name));
          assertEquals(read.data(), picture.data(), name);
        }
      }
      Raster colors = fetch(store, "colors.tif", TileParts.THUMBNAIL).thumbnail();
      assertNotNull(colors);
      assertEquals(40 * 2 + 7 * 4 + 60, colors.get(2, 4, 1));
      Raster gray = fetch(store, "gray.tif", TileParts.THUMBNAIL).thumbnail();
      assertNotNull(gray);
      assertEquals(40 + 7 * 3, gray.get(1, 3, 2));
      IllegalArgumentException infrared =
          assertThrows(
              IllegalArgumentException.class,
              () -> fetch(store, "colors.png", TileParts.bands(Band.B08)));
      assertTrue(String.valueOf(infrared.getMessage()).contains("colors.png has no B08"));
      assertThrows(
          IllegalArgumentException.class,
          () -> fetch(store, "colors.png", TileParts.THUMBNAIL.withCloudMask()));
    }
  }

  @Test
  void tiffsOfDigitalNumbersHaveBands() throws Exception {
    try (PictureStore store = all()) {
      Tile colors = fetch(store, "numbers3.tif", new TileParts(Set.of(Band.B04, Band.B02), true));
      assertEquals(1 + 100 * 2 + 4, colors.band(Band.B04).get(2, 4, 0));
      assertEquals(1 + 2000 + 100, colors.band(Band.B02).get(1, 0, 0));
      assertEquals(SampleType.UINT16, colors.band(Band.B02).type());
      assertEquals(PLACE, colors.band(Band.B02).reference());
      assertEquals(Set.of(Band.B02, Band.B04), colors.bands().keySet());
      assertEquals(3, Objects.requireNonNull(colors.thumbnail()).bands());

      Tile all = fetch(store, "numbers12.tif", TileParts.ALL_BANDS);
      for (Band band : Band.values()) {
        assertEquals(1000 * band.ordinal() + 101 + 3, all.band(band).get(1, 3, 0), band.name());
      }
      Tile floats = fetch(store, "floats3.tif", TileParts.bands(Band.B03));
      assertEquals(1001.5f, floats.band(Band.B03).get(0, 0, 0));

      EarthEmbedException four =
          assertThrows(
              EarthEmbedException.class, () -> fetch(store, "numbers4.tif", TileParts.TRUE_COLOR));
      assertTrue(four.getMessage().contains("numbers4.tif: 4 bands; 3 or 12"), four.getMessage());
    }
    try (PictureStore store = all(Band.B04, Band.B03, Band.B02, Band.B08)) {
      Tile tile = fetch(store, "numbers4.tif", TileParts.bands(Band.B08));
      assertEquals(3001, tile.band(Band.B08).get(0, 0, 0));
      assertThrows(
          EarthEmbedException.class, () -> fetch(store, "numbers12.tif", TileParts.ALL_BANDS));
    }
    assertThrows(IllegalArgumentException.class, () -> all(Band.B04, Band.B04));
  }

  @Test
  void manyAreReadInParallelAndFailuresNameTheirFiles() throws Exception {
    Files.writeString(folder.resolve("pictures/text.png"), "no picture");
    Path table =
        table(
            "file,latitude,longitude\npictures/colors.png,45,9\npictures/text.png,45,9\n"
                + "pictures/none.jpg,45,9\npictures/gray.tif,45,9\n");
    PictureStore store = PictureStore.open(table);
    List<TileRef> refs = new ArrayList<>();
    for (TileRecord tile : store.tiles()) refs.add(Objects.requireNonNull(tile.source()));
    refs.add(new TileRef(table.toUri(), 4));
    refs.add(new TileRef(folder.resolve("other.csv").toUri(), 0));
    refs.add(new TileRef(URI.create("https://example.com/tiles.csv"), 0));
    Set<String> problems = new TreeSet<>();
    int read = 0;
    for (ImageryStore.Outcome outcome : store.fetchAll(refs, TileParts.THUMBNAIL)) {
      if (outcome.tile() != null) read++;
      else problems.add(String.valueOf(Objects.requireNonNull(outcome.failure()).getMessage()));
    }
    assertEquals(2, read);
    assertEquals(5, problems.size());
    for (String part :
        List.of(
            "text.png",
            "none.jpg: there is no such picture",
            "has 4 rows of tiles, no row 4",
            "other.csv is not the table of this store",
            "not a local table: https://example.com/tiles.csv")) {
      assertTrue(problems.stream().anyMatch(p -> p.contains(part)), part + " in " + problems);
    }
    assertThrows(CorruptDataException.class, () -> store.fetch(refs.get(1), TileParts.THUMBNAIL));
    assertEquals(
        store.tiles().get(3).cell(),
        store.fetchAsync(refs.get(3), TileParts.TRUE_COLOR).get().cell());
    assertTrue(store.stats().requests() >= 4);
    Thread.currentThread().interrupt();
    assertThrows(EarthEmbedException.class, () -> store.fetch(refs.get(0), TileParts.THUMBNAIL));
    assertTrue(Thread.interrupted());
    store.close();
    store.close();
    assertThrows(IllegalStateException.class, () -> store.fetch(refs.get(0), TileParts.THUMBNAIL));
    assertThrows(
        IllegalStateException.class,
        () -> store.fetchEach(refs, TileParts.THUMBNAIL, ProgressListener.NONE));
  }

  @Test
  void errorsOfTheTableNameLineAndColumn() throws Exception {
    String header = "id,file,latitude,longitude,time,cloud_cover\n";
    String[][] cases = {
      {"", "has no header"},
      {"id,latitude,longitude\n", "line 1: no column file, only [id, latitude, longitude]"},
      {"file,lat,latitude,lon\n", "line 1: two columns are latitude"},
      {header + "a,b.png,1,2,,\nc,d.png,1,2,\n", "line 3 has 5 fields, the header 6"},
      {header + "a,,1,2,,\n", "line 2, column file: is empty"},
      {header + "a,../b.png,1,2,,\n", "line 2, column file: not below the folder of the table"},
      {header + "a,/etc/b.png,1,2,,\n", "line 2, column file: not below the folder of the table"},
      {header + "a,b.png,,2,,\n", "line 2, column latitude: is empty"},
      {header + "a,b.png,91,2,,\n", "line 2, column latitude: not in [-90, 90]: 91"},
      {header + "a,b.png,90,2,,\n", "line 2, column latitude: no row of the 10.0 km grid"},
      {header + "a,b.png,1,east,,\n", "line 2, column longitude: not a number: east"},
      {header + "a,b.png,1,NaN,,\n", "line 2, column longitude: not in [-180, 180]: NaN"},
      {header + "a,b.png,1,2,May,\n", "line 2, column time: not a timestamp: May"},
      {header + "a,b.png,1,2,,101\n", "line 2, column cloud_cover: not in [0, 100]: 101"},
      {header + "a,b.png,1,2,,\n\n\na,c.png,1,2,,\n", "line 5, column id: a stands in line 2 too"},
      {header + "\"a\nb\",c.png,1,2,,\nx,y.png,1,2,,-1\n", "line 4, column cloud_cover: not in"},
      {header + "\"a,b.png,1,2,,\n", "line 2: a quoted field does not end"},
      {header + "\"a\"b,b.png,1,2,,\n", "line 2: text follows the closing quote of a field"},
    };
    for (String[] one : cases) {
      Path table = table(one[0]);
      CorruptDataException refused =
          assertThrows(CorruptDataException.class, () -> PictureStore.open(table), one[1]);
      assertTrue(refused.getMessage().contains(one[1]), refused.getMessage());
      assertTrue(refused.getMessage().contains("tiles.csv"), refused.getMessage());
    }
    Files.write(folder.resolve("latin.csv"), new byte[] {'f', (byte) 0xE9});
    assertThrows(CorruptDataException.class, () -> PictureStore.open(folder.resolve("latin.csv")));
    EarthEmbedException none =
        assertThrows(
            EarthEmbedException.class, () -> PictureStore.open(folder.resolve("none.csv")));
    assertTrue(none.getMessage().contains("none.csv: cannot be read"), none.getMessage());
  }
}
