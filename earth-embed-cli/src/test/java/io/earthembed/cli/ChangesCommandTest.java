package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.vector.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangesCommandTest {
  private static final int CELLS = 30;

  @TempDir Path folder;

  /** Writes a year of each folder; cells 4 and 20 differ between the years, 20 under clouds. */
  @BeforeEach
  void write() {
    write("before", 2020);
    write("after", 2024);
    write("both", 2020, 2024);
  }

  private void write(String name, int... years) {
    GeoParquetSink sink = new GeoParquetSink(folder.resolve(name), new ModelInfo("toy", "1", 8));
    List<EmbeddedTile> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate((long) CELLS * years.length, 8);
    for (int year : years) {
      for (int i = 0; i < CELLS; i++) {
        GridCell cell = new GridCell(300, i);
        float clouds = i == 20 && year == 2024 ? 90 : 5;
        Instant time = Instant.parse(year + "-06-01T00:00:00Z");
        String id = i + "/" + year;
        TileRecord tile =
            new TileRecord(
                id, cell, "p" + year, time, MajorTomGrid.CORE.centerOf(cell), clouds, null);
        boolean changed = year == 2024 && (i == 4 || i == 20);
        Random random = new Random(changed ? 1000 + i : i);
        float[] vector = new float[8];
        for (int j = 0; j < 8; j++) vector[j] = (float) random.nextGaussian();
        vectors.set(tiles.size(), vector);
        Attributes own = Attributes.NONE.with("half", i < 15 ? "west" : "east");
        if (year == 2024) own = own.with("visits", i);
        tiles.add(new EmbeddedTile(tile.withAttributes(own), null));
      }
    }
    sink.write("part", tiles, vectors);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static JsonObject json(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--json");
    Ran ran = Ran.of("changes", all);
    assertEquals(0, ran.status(), ran.err());
    return new Gson().fromJson(ran.out(), JsonObject.class);
  }

  private static List<String> ids(JsonObject found) {
    List<String> ids = new ArrayList<>();
    for (JsonElement hit : found.getAsJsonArray("hits")) {
      ids.add(hit.getAsJsonObject().get("id").getAsString());
    }
    return ids.stream().sorted().toList();
  }

  @Test
  void findsTheCellsThatChanged() throws Exception {
    JsonObject two =
        json("--before", path("before"), "--after", path("after"), "--min-change", "0.01");
    assertEquals(List.of("20/2024", "4/2024"), ids(two));
    assertEquals(CELLS, two.get("compared").getAsInt());
    assertEquals(0, two.get("artifacts").getAsInt());
    assertEquals(List.of("20/2024", "4/2024"), ids(json("--after", path("both"), "--top", "2")));
    String csv = path("changes.csv");
    String map = path("changes.html");
    JsonObject clear =
        json(
            "--before",
            path("before"),
            "--after",
            path("after"),
            "--clouds",
            "10",
            "--top",
            "1",
            "--export",
            csv,
            "--map",
            map);
    assertEquals(List.of("4/2024"), ids(clear));
    assertEquals(CELLS - 1, clear.get("compared").getAsInt());
    assertEquals(2, Files.readAllLines(Path.of(csv)).size());
    assertTrue(Files.readString(Path.of(map)).contains("4/2024"));
    JsonObject supported =
        json(
            "--before",
            path("before"),
            "--after",
            path("after"),
            "--support",
            "0.01",
            "--top",
            "30");
    assertEquals(
        List.of("19/2024", "21/2024", "3/2024", "5/2024"), ids(supported), "beside a change");
  }

  /** A condition chooses among both dates of one set, and among the later tiles of two sets. */
  @Test
  void attributesChooseTheTiles() {
    String[] two = {"--before", path("before"), "--after", path("after"), "--min-change", "0.01"};
    for (String[] some : new String[][] {two, {"--after", path("both"), "--min-change", "0.01"}}) {
      List<String> options = new ArrayList<>(List.of(some));
      options.addAll(List.of("--where", "half=east"));
      JsonObject east = json(options.toArray(new String[0]));
      assertEquals(List.of("20/2024"), ids(east));
      assertEquals(15, east.get("compared").getAsInt());
    }
    List<String> options = new ArrayList<>(List.of(two));
    options.addAll(List.of("--where", "visits<5", "--where", "half"));
    JsonObject few = json(options.toArray(new String[0]));
    assertEquals(List.of("4/2024"), ids(few));
    assertEquals(5, few.get("compared").getAsInt());
    Ran unknown = Ran.of("changes", "--after", path("both"), "--where", "hal=east");
    assertEquals(2, unknown.status(), unknown.err());
    assertTrue(unknown.err().contains("the tiles have no attribute hal"), unknown.err());
  }

  @Test
  void printsATable() {
    Ran ran = Ran.of("changes", "--before", path("before"), "--after", path("after"));
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("4/2024"), ran.out());
    assertTrue(
        ran.err().contains("30 cells compared, 0 cells with an empty tile left out"), ran.err());
  }

  @Test
  void saysWhatIsWrong() {
    for (String[] options :
        new String[][] {
          {"--before", path("before")},
          {"--after", path("none")},
          {"--after", path("both"), "--top", "0"},
          {"--after", path("both"), "--clouds", "101"},
          {"--after", path("both"), "--export", path("a.zip")},
          {"--after", path("both"), "--map", path("a.txt")}
        }) {
      Ran ran = Ran.of("changes", options);
      assertEquals(2, ran.status(), ran.err());
      assertTrue(ran.err().contains("--"), ran.err());
    }
  }
}
