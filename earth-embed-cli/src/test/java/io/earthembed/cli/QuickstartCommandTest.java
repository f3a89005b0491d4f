package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart as a user runs it, in each of its ways to come by imagery. */
class QuickstartCommandTest {
  /** {@code -Dearthembed.patches=DIR}: EuroSAT's pictures, ten folders, one a class. */
  private static final String PATCHES = System.getProperty("earthembed.patches", "");

  @TempDir Path folder;

  static boolean patchesAreThere() {
    return !PATCHES.isEmpty();
  }

  private String run(String... options) {
    List<String> args = new ArrayList<>(Arrays.asList(options));
    args.addAll(List.of("--out", folder.resolve("out").toString()));
    Ran ran = Ran.of("quickstart", args);
    assertEquals(0, ran.status(), ran.out() + ran.err());
    return ran.out();
  }

  private void assertShown() throws Exception {
    Path out = folder.resolve("out");
    assertTrue(ImageFiles.read(out.resolve("map.png")).width() >= 1000);
    assertTrue(ImageFiles.read(out.resolve("gallery.png")).width() >= 500);
    assertTrue(Files.readString(out.resolve("map.html")).contains("<canvas"));
    JsonObject json =
        new Gson().fromJson(Files.readString(out.resolve("results.geojson")), JsonObject.class);
    assertEquals(5, json.getAsJsonArray("features").size());
  }

  private Path embeddings() throws Exception {
    try (Stream<Path> found = Files.list(folder.resolve("out"))) {
      return found
          .filter(f -> f.getFileName().toString().startsWith("embeddings-"))
          .findFirst()
          .orElseThrow();
    }
  }

  /**
   * The common pool belongs to the application, which may give it no thread. This runs in a
   * separate process, because the pool's size is read once.
   */
  @Test
  void needsNoThreadOfTheCommonPool() throws Exception {
    Path log = folder.resolve("log.txt");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Djava.awt.headless=true",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=0",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "quickstart",
                "--landscapes",
                "60",
                "--out",
                folder.resolve("out").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = child.waitFor(300, TimeUnit.SECONDS);
    child.destroyForcibly();
    assertTrue(ended, Files.readString(log));
    assertEquals(0, child.waitFor(), Files.readString(log));
    assertShown();
  }

  @Test
  void searchesGeneratedLandscapesAndResumes() throws Exception {
    String first = run("--landscapes", "400");
    assertTrue(first.contains("400 generated landscapes"), first);
    assertTrue(first.contains("they are not photographs"), first);
    assertTrue(first.contains("Positions are random"), first);
    assertTrue(first.contains("399 embedded"), first);
    assertTrue(first.contains("footers known:   5 requests"), first);
    assertShown();
    String second = run("--landscapes", "400", "--ivf", "--text", "snow covered mountains");
    assertTrue(second.contains("0 embedded"), second);
    assertTrue(second.contains("399 were there already"), second);
    assertTrue(second.contains("generated/snow-"), second);
  }

  /** Pictures of the same names in two folders are two archives. */
  @Test
  void searchesThePicturesThatItIsGiven() throws Exception {
    List<Path> shards = new ArrayList<>();
    for (int tone : new int[] {200, 20}) {
      Path images = Files.createDirectories(folder.resolve("tone" + tone));
      Raster picture = Raster.allocate(64, 64, 3, SampleType.UINT8);
      for (int i = 0; i < 64 * 64; i++) picture.set(i / 64, i % 64, 0, tone);
      for (String name : List.of("0.png", "1.png")) {
        Files.write(images.resolve(name), ImageFiles.encodePng(picture));
      }
      shards.add(
          Archive.write(
                  Scene.inFolder(images, 0).scenes(),
                  folder,
                  (task, done, total) -> {},
                  e -> fail(e))
              .get(0));
    }
    List<Float> tones = new ArrayList<>();
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      for (Path shard : shards) {
        Tile tile = store.fetch(new TileRef(shard.toUri(), 0), TileParts.TRUE_COLOR);
        tones.add(tile.trueColor().get(5, 5, 0));
      }
    }
    assertEquals(List.of(200f, 20f), tones);
  }

  /** A file with a picture's name but other contents does not end the run, at any position. */
  @Test
  void leavesOutWhatCannotBeDecoded() throws Exception {
    Path images = Files.createDirectories(folder.resolve("images"));
    byte[] text = "no picture".getBytes(StandardCharsets.UTF_8);
    Files.createFile(images.resolve("0.png"));
    for (int i = 1; i < 9; i++) {
      byte[] png = ImageFiles.encodePng(Scene.generated(9).get(i).trueColor());
      Files.write(images.resolve(i + ".png"), i == 4 ? text : png); // that to search with
    }
    Files.write(images.resolve(".hidden.png"), text);
    Files.write(Files.createDirectory(images.resolve(".folder")).resolve("1.png"), text);
    Files.write(images.resolve("notes.txt"), text);
    String printed = run("--images", images.toString());
    assertTrue(printed.contains("passed over: 1 file of other kinds"), printed);
    for (String name : List.of("0.png", "4.png")) {
      String said = "left out: " + images.resolve(name) + " at byte 0: not a PNG";
      assertTrue(printed.contains(said), printed);
    }
    assertEquals(2, printed.split("left out: ", -1).length - 1, printed);
    assertTrue(printed.contains("6 tiles in 1 shard,"), printed);
    assertTrue(printed.contains("6 embedded"), printed);
    assertTrue(printed.contains("the 1 shard has"), printed);
    assertShown();
    assertTrue(run("--images", images.toString()).contains("6 were there already"));
    for (int i = 2; i < 9; i++) Files.delete(images.resolve(i + ".png"));
    assertTrue(refusal("--images", images.toString()).contains("one picture alone can be decoded"));
    Files.delete(images.resolve("1.png"));
    assertTrue(refusal("--images", images.toString()).contains("no picture can be decoded"));
  }

  /** Returns the single line on standard error. */
  private String refusal(String... options) {
    List<String> args = new ArrayList<>(Arrays.asList(options));
    if (!args.contains("--out")) args.addAll(List.of("--out", folder.resolve("out").toString()));
    Ran ran = Ran.of("quickstart", args);
    int expected = ran.err().contains("cannot be made") ? 1 : 2;
    assertEquals(expected, ran.status(), args + ": " + ran.err());
    return ran.err();
  }

  /** One line each, before any work. */
  @Test
  void saysWhatItCannotTake() throws Exception {
    Path others = Files.createDirectory(folder.resolve("others"));
    for (int i = 0; i < 12; i++) Files.createFile(others.resolve(i + ".tif"));
    Path file = Files.createFile(folder.resolve("file"));
    Path out = folder.resolve("out");
    for (String[] args :
        new String[][] {
          {"--images", "nosuch", "folder"},
          {
            "--images",
            others.toString(),
            "no PNG, JPEG, GIF or BMP in " + others + " (12 other files)"
          },
          {"--location", "5", "LAT,LON"},
          {"--location", "91,0", "latitude"},
          {"--text", "", "text"},
          {"--limit", "-1", "--limit"},
          {"--landscapes", "-1", "--landscapes"},
          {"--major-tom", "-1", "--major-tom"},
          {"--landscapes", "10", "file/below cannot be made"}
        }) {
      boolean toFile = args[2].startsWith("file");
      String line =
          refusal(args[0], args[1], "--out", (toFile ? file.resolve("below") : out).toString());
      assertTrue(line.contains(args[2]), line);
      assertEquals(1, line.lines().count(), line);
      assertFalse(Files.exists(out), args[0] + " made a folder");
    }
  }

  @Test
  @EnabledIf("patchesAreThere")
  void findsTheClassesOfRealPatches() throws Exception {
    String printed = run("--images", PATCHES, "--limit", "2000");
    assertTrue(printed.contains("1,999 embedded"), printed);
    assertTrue(printed.contains("River/River_"), printed);
    assertShown();
  }

  @Test
  void readsPublishedShardsByRange() throws Exception {
    // Shards of the published layout on a server, in place of those that --major-tom reads.
    Path images = Files.createDirectories(folder.resolve("images"));
    List<Path> made =
        Archive.write(Scene.generated(600), folder, (task, done, total) -> {}, e -> fail(e));
    for (int i = 0; i < made.size(); i++) {
      Files.move(
          made.get(i), images.resolve(String.format(Locale.ROOT, "part_%05d.parquet", i + 1)));
    }
    try (RangeServer server = RangeServer.start(folder)) {
      String url = server.url("images/").toString();
      String printed = run("--major-tom", "40", "--major-tom-url", url, "--major-tom-shards", "2");
      assertTrue(printed.contains("40 real tiles of MajorTOM Core-S2L2A, at " + url), printed);
      assertTrue(printed.contains("40 embedded"), printed);
      assertShown();
      GeoParquetDataset dataset = GeoParquetDataset.open(embeddings());
      assertEquals(40, dataset.catalog().size());
      // Without an option, the published shards are used if they can be reached.
      String found = run("--major-tom-url", url, "--major-tom-shards", "2");
      assertTrue(found.contains("200 real tiles"), found);
    }
    String none = run("--major-tom-url", "http://127.0.0.1:9/", "--text", "desert");
    assertTrue(none.contains("MajorTOM's shards cannot be reached from here"), none);
    assertTrue(none.contains("2000 generated landscapes"), none);
  }
}
