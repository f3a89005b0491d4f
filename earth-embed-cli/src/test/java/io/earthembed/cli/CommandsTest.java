package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.parquet.GeoParquetDataset;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;

/** The commands embed, index, search and completion, on generated landscapes. */
@Timeout(600)
class CommandsTest {
  private static final int TILES = 119;

  @TempDir static Path shared;
  @TempDir Path folder;

  private static String work = "";

  /** Embeds 120 landscapes; one is held out. */
  @BeforeAll
  static void embed() {
    work = shared.resolve("work").toString();
    JsonObject report = json(Ran.of("embed", "--landscapes", "120", "--out", work, "--json"));
    assertEquals(TILES, report.get("embedded").getAsInt());
    assertEquals("[]", report.get("failed").toString());
  }

  /** Returns the single line on standard output. */
  private static JsonObject json(Ran ran) {
    assertEquals(0, ran.status(), ran.err());
    assertEquals(1, ran.out().lines().count(), ran.out());
    return new Gson().fromJson(ran.out(), JsonObject.class);
  }

  private static Ran search(String... options) {
    List<String> all = new ArrayList<>(List.of("--embeddings", work));
    all.addAll(Arrays.asList(options));
    return Ran.of("search", all);
  }

  private static List<JsonObject> hits(String... options) {
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.add("--json");
    List<JsonObject> hits = new ArrayList<>();
    for (JsonElement hit : json(search(all.toArray(String[]::new))).getAsJsonArray("hits")) {
      hits.add(hit.getAsJsonObject());
    }
    return hits;
  }

  private static List<String> ids(List<JsonObject> hits) {
    return hits.stream().map(hit -> hit.get("id").getAsString()).toList();
  }

  // --- embed
  // ---------------------------------------------------------------------------------------------

  @Test
  void embedGoesOnWhereItEnded() {
    JsonObject again = json(Ran.of("embed", "--landscapes", "120", "--out", work, "--json"));
    assertEquals(0, again.get("embedded").getAsInt());
    assertEquals(TILES, again.get("resumed").getAsInt());
    assertTrue(Files.isDirectory(Path.of(again.get("embeddings").getAsString())));
  }

  /** The shards that an earlier run wrote are an archive; other crops are another dataset. */
  @Test
  void embedTakesShards() throws Exception {
    Path archive;
    try (var made = Files.newDirectoryStream(Path.of(work), "archive-*")) {
      archive = made.iterator().next();
    }
    String out = folder.toString();
    JsonObject whole =
        json(Ran.of("embed", "--archive", archive.toString(), "--out", out, "--json"));
    assertEquals(TILES, whole.get("embedded").getAsInt());
    JsonObject some =
        json(
            Ran.of(
                "embed",
                "--archive",
                archive.toUri().resolve("part_00001.parquet").toString(),
                "--limit",
                "7",
                "--crop",
                "32",
                "--out",
                out,
                "--json"));
    assertEquals(7, some.get("embedded").getAsInt());
    assertTrue(some.get("embeddings").getAsString().endsWith("-crop32"), some.toString());
    Ran both = Ran.of("search", "--embeddings", out, "river");
    assertEquals(2, both.status());
    assertTrue(both.err().contains("has several, name one: ["), both.err());
    String one = whole.get("embeddings").getAsString();
    assertEquals(0, Ran.of("search", "--embeddings", one, "river").status());
  }

  /** A tile that cannot be read is reported by the status. */
  @Test
  void embedReportsTilesThatFailed() throws Exception {
    Path images = Files.createDirectories(folder.resolve("images"));
    for (int i = 0; i < 3; i++) {
      Files.write(
          images.resolve(i + ".png"), ImageFiles.encodePng(Scene.generated(3).get(i).trueColor()));
    }
    String out = folder.resolve("out").toString();
    assertEquals(0, Ran.of("embed", "--images", images.toString(), "--out", out).status());
    Path shard;
    try (var found = Files.walk(Path.of(out))) {
      shard = found.filter(f -> f.toString().contains("part_0")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(shard);
    Arrays.fill(bytes, bytes.length / 10, bytes.length / 3, (byte) 0); // pixels of the first tile
    Files.write(shard, bytes);
    Ran ran =
        Ran.of(
            "embed", "--archive", shard.toString(), "--out", out, "--max-failures", "2", "--json");
    assertEquals(3, ran.status(), ran.err());
    JsonObject report = new Gson().fromJson(ran.out(), JsonObject.class);
    assertEquals(1, report.get("embedded").getAsInt());
    JsonObject failed = report.getAsJsonArray("failed").get(0).getAsJsonObject();
    assertTrue(failed.get("reason").getAsString().contains("part_00001.parquet"), ran.out());
  }

  // --- search
  // --------------------------------------------------------------------------------------------

  @Test
  void searchPrintsTable() {
    Ran ran = search("a", "satellite", "image", "of", "a", "river", "--top", "3");
    assertEquals(0, ran.status(), ran.err());
    List<String> lines = ran.out().lines().toList();
    assertEquals(4, lines.size(), ran.out());
    assertTrue(lines.get(0).matches(" *rank +score +cell +date +center +id"), ran.out());
    for (String line : lines.subList(1, 4)) assertTrue(line.contains("generated/river-"), line);
    assertTrue(ran.err().contains("\"a satellite image of a river\""), ran.err());
    assertTrue(ran.err().contains("119 tiles searched"), ran.err());
  }

  static boolean patchesAreThere() {
    return !System.getProperty("earthembed.patches", "").isEmpty();
  }

  /** {@code -Dearthembed.patches=DIR}: EuroSAT's pictures, ten folders, one a class. */
  @Test
  @EnabledIf("patchesAreThere")
  void searchFindsRealPatches() throws Exception {
    Path patches = Path.of(System.getProperty("earthembed.patches"));
    String out = folder.toString();
    JsonObject report =
        json(
            Ran.of(
                "embed", "--images", patches.toString(), "--limit", "400", "--out", out, "--json"));
    assertEquals(399, report.get("embedded").getAsInt());
    Ran found = Ran.of("search", "--embeddings", out, "--top", "3", "a satellite image of a river");
    assertEquals(3, found.out().lines().filter(line -> line.contains("River/")).count());
    Path forest;
    try (var files = Files.newDirectoryStream(patches.resolve("Forest"))) {
      forest = files.iterator().next();
    }
    Ran like = Ran.of("search", "--embeddings", out, "--top", "3", "--image", forest.toString());
    assertEquals(3, like.out().lines().filter(line -> line.contains("Forest/")).count());
  }

  /** Programs read these names. */
  @Test
  void searchPrintsJson() {
    JsonObject found = json(search("--text", "a river", "--top", "4", "--json"));
    assertEquals(
        Set.of("query", "model", "total", "undated", "hits", "ms"), new TreeSet<>(found.keySet()));
    assertEquals("earth-embed-demo-s2 2", found.get("model").getAsString());
    assertEquals(TILES, found.get("total").getAsInt());
    assertEquals(4, found.getAsJsonArray("hits").size());
    for (int i = 0; i < 4; i++) {
      JsonObject hit = found.getAsJsonArray("hits").get(i).getAsJsonObject();
      assertEquals(
          Set.of(
              "rank",
              "score",
              "percentile",
              "row",
              "id",
              "cell",
              "lat",
              "lon",
              "product",
              "picture"),
          new TreeSet<>(hit.keySet()));
      assertEquals(i + 1, hit.get("rank").getAsInt());
      assertTrue(hit.get("picture").getAsBoolean());
    }
  }

  @Test
  void searchAddsWeightedParts() {
    List<JsonObject> rivers = hits("--text", "a river", "--top", "1");
    String river = ids(rivers).get(0);
    JsonObject sum =
        json(
            search(
                "--tile",
                river,
                "--text",
                "snow",
                "--weight",
                "-0.5",
                "--text",
                "a forest",
                "--weight",
                "2",
                "--json"));
    String query = sum.get("query").getAsString();
    assertTrue(query.contains(river), query);
    assertTrue(query.contains("- 0.50 x \"snow\""), query);
    assertTrue(query.contains("2.00 x \"a forest\""), query);
    String fused = json(search("a river", "--tile", river, "--fuse", "--json")).toString();
    assertTrue(fused.contains("a river"), fused);
    assertEquals(river, ids(hits("--tile", river, "--top", "1")).get(0));
  }

  @Test
  void searchTakesATextAndAPictureTogether() throws Exception {
    Path picture = folder.resolve("river.png");
    Files.write(picture, ImageFiles.encodePng(Scene.generated(1).get(0).trueColor()));
    String file = picture.toString();
    // The demo model has a network for each alone.
    Ran refused = search("in", "winter", "--image", file, "--together");
    assertEquals(2, refused.status());
    assertTrue(refused.err().contains("image with text"), refused.err());
    for (String[] wrong :
        new String[][] {
          {"winter", "--together"},
          {"--image", file, "--together"},
          {"winter", "--image", file, "--weight", "2", "--together"},
          {"winter", "--image", file, "--fuse", "--together"},
          {"winter", "--text", "snow", "--image", file, "--together"}
        }) {
      Ran ran = search(wrong);
      assertEquals(2, ran.status(), String.join(" ", wrong));
      assertTrue(ran.err().contains("--together needs one text and one --image"), ran.err());
    }
  }

  @Test
  void searchSkipsAndCuts() {
    List<String> five = ids(hits("a river", "--top", "5"));
    assertEquals(five.subList(2, 5), ids(hits("a river", "--top", "3", "--offset", "2")));
    List<JsonObject> all = hits("a river", "--top", "119");
    double third = all.get(2).get("score").getAsDouble();
    assertEquals(3, hits("a river", "--top", "119", "--min-score", "" + third).size());
    assertEquals(1, hits("a river", "--top", "119", "--apart", "30000000").size());
  }

  @Test
  void searchFilters() throws Exception {
    JsonObject best = hits("a river", "--top", "1").get(0);
    double latitude = best.get("lat").getAsDouble();
    double longitude = best.get("lon").getAsDouble();
    String box =
        String.format(
            java.util.Locale.ROOT,
            "%.4f,%.4f,%.4f,%.4f",
            longitude - 0.01,
            latitude - 0.01,
            longitude + 0.01,
            latitude + 0.01);
    assertEquals(List.of(best.get("id").getAsString()), ids(hits("snow", "--in", box)));
    String[] b = box.split(",", -1);
    String ring =
        "[[%1$s,%2$s],[%3$s,%2$s],[%3$s,%4$s],[%1$s,%4$s],[%1$s,%2$s]]"
            .formatted(b[0], b[1], b[2], b[3]);
    Path polygon =
        Files.writeString(
            folder.resolve("area.geojson"),
            "{\"type\":\"Polygon\",\"coordinates\":[" + ring + "]}");
    assertEquals(
        List.of(best.get("id").getAsString()), ids(hits("snow", "--region", polygon.toString())));
    assertEquals(List.of(), hits("snow", "--clouds", "100")); // unknown
    JsonObject dated = json(search("snow", "--from", "2020-01-01", "--json"));
    assertEquals(TILES, dated.get("undated").getAsInt());
    assertEquals("[]", dated.get("hits").toString());
  }

  @Test
  void searchTakesPictures() throws Exception {
    Path pictures = folder.resolve("pictures");
    JsonObject found =
        json(search("a river", "--top", "2", "--pictures", pictures.toString(), "--json"));
    assertEquals(2, found.getAsJsonArray("pictures").size());
    JsonObject best = found.getAsJsonArray("hits").get(0).getAsJsonObject();
    Path first = pictures.resolve("rank001_" + best.get("cell").getAsString() + ".png");
    assertEquals(first.toString(), found.getAsJsonArray("pictures").get(0).getAsString());
    Raster picture = ImageFiles.read(first);
    assertEquals(64, picture.width());
    // The picture finds the tile that it is of.
    JsonObject same = hits("--image", first.toString(), "--top", "1").get(0);
    assertEquals(best.get("id"), same.get("id"));
    assertTrue(same.get("score").getAsDouble() > 0.99, same.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"map.html", "map.png", "map.svg"})
  void searchWritesMaps(String name) throws Exception {
    Path file = folder.resolve(name);
    JsonObject found = json(search("a river", "--map", file.toString(), "--json"));
    assertEquals(file.toString(), found.get("map").getAsString());
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertTrue(
        name.endsWith("png")
            ? ImageFiles.read(file).width() >= 1000
            : text.contains(name.endsWith("svg") ? "<svg" : "<canvas"));
  }

  @Test
  void searchExportsEveryFormat() throws Exception {
    for (String name :
        List.of("h.geojson", "h.csv", "h.kml", "h.parquet", "h.stac.json", "h.zip")) {
      Path file = folder.resolve(name);
      json(search("a river", "--top", "3", "--export", file.toString(), "--json"));
      switch (name) {
        case "h.csv" -> assertEquals(4, Files.readAllLines(file).size());
        case "h.parquet" -> assertEquals(3, GeoParquetDataset.files(file).size() * 3);
        case "h.zip" -> {
          try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals(3, zip.stream().filter(e -> e.getName().endsWith("B04.tif")).count());
          }
        }
        case "h.kml" ->
            assertEquals(
                3,
                DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(Files.readString(file))))
                    .getElementsByTagName("Placemark")
                    .getLength());
        default ->
            assertEquals(
                3,
                new Gson()
                    .fromJson(Files.readString(file), JsonObject.class)
                    .getAsJsonArray("features")
                    .size());
      }
    }
  }

  /** Ids come from datasets; one must not steer a terminal. */
  @Test
  void jsonHasNoControlCharacters() {
    JsonObject hostile = new JsonObject();
    hostile.addProperty("id", "a\u009b31m\u202eb\u001b[2J\u2028 \u6cb3");
    String line = HitJson.line(hostile);
    assertEquals("{\"id\":\"a\\u009b31m\\u202eb\\u001b[2J\\u2028 \u6cb3\"}", line);
    assertEquals(hostile, new Gson().fromJson(line, JsonObject.class));
  }

  // --- index
  // ---------------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"Flat,0,true", "'IVF3,SQ8',119,false", "HNSW16,0,false"})
  void indexIsSearched(String kind, int trained, boolean exact) {
    String file = folder.resolve("index.faiss").toString();
    JsonObject report =
        json(Ran.of("index", "--embeddings", work, "--out", file, "--kind", kind, "--json"));
    assertEquals(TILES, report.get("vectors").getAsInt());
    assertEquals(trained, report.get("trained").getAsInt());
    assertTrue(report.get("bytes").getAsLong() > 119 * 100, report.toString());
    List<String> found = ids(hits("a river", "--index", file, "--top", "5"));
    List<String> expected = ids(hits("a river", "--top", "5"));
    if (exact) assertEquals(expected, found);
    assertEquals(expected.get(0), found.get(0));
  }

  @Test
  void indexChoosesKind() {
    String file = folder.resolve("index.faiss").toString();
    Ran ran = Ran.of("index", "--embeddings", work, "--out", file);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("Flat: All vectors fit"), ran.out());
    assertTrue(ran.out().contains("119 tiles of earth-embed-demo-s2 2"), ran.out());
  }

  /** An index of other rows would name wrong tiles. */
  @Test
  void indexOfOtherTilesIsRefused() {
    String other = folder.resolve("other").toString();
    json(Ran.of("embed", "--landscapes", "20", "--out", other, "--json"));
    String file = folder.resolve("index.faiss").toString();
    json(Ran.of("index", "--embeddings", other, "--out", file, "--json"));
    Ran ran = search("a river", "--index", file);
    assertEquals(2, ran.status(), ran.err());
    assertEquals("", ran.out());
    assertEquals(1, ran.err().lines().count(), ran.err());
  }

  // --- arguments
  // -----------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "search --embeddings nosuch a|--embeddings is no file or folder: nosuch",
        "search --embedings work a|Unknown option: '--embedings' (similar: --embeddings;",
        "search a|nothing to search in: name --embeddings DIR",
        "search --embeddings .|nothing to search for: name WORDS, --text, --image, --place or --tile",
        "search --embeddings . --weight 2 a|(--text=TEXT | --image=FILE",
        "search --embeddings . --place 91,0|'--place': latitude outside [-90, 90]: 91.0",
        "search --embeddings . --place 5|'--place': not LAT,LON: 5",
        "search --embeddings . --in 1,2,3 a|'--in': not WEST,SOUTH,EAST,NORTH: 1,2,3",
        "search --embeddings . --in a,b,c,d a|'--in': not WEST,SOUTH,EAST,NORTH: a,b,c,d",
        "search --embeddings . --from June a|'--from': not a date such as 2024-06-01: June",
        "search --embeddings . --from 2024-06-02 --to 2024-06-01 a|--to 2024-06-01 is before --from",
        "search --embeddings . --top 0 a|--top is less than 1: 0",
        "search --embeddings . --top x a|'--top': 'x' is not an int",
        "search --embeddings . --offset -1 a|--offset is less than 0: -1",
        "search --embeddings . --clouds 101 a|--clouds is outside [0, 100]: 101.0",
        "search --embeddings . --apart -1 a|--apart is negative: -1.0",
        "search --embeddings . --region none a|--region is no file: none",
        "search --embeddings . --map m.gif a|--map ends in none of .html, .png, .svg: m.gif",
        "search --embeddings . --export h.json a|--export ends in none of .stac.json, .geojson,",
        "search --embeddings . --image none|--image is no file: none",
        "search --embeddings . --model none a|--model is no folder: none",
        "search --published earth --in 1,2,3,4 a|no published set is named earth, only lgnd",
        "search --at . a|--at needs --published NAME",
        "embed|nothing to embed: name --images, --archive, --major-tom or --landscapes",
        "embed --images none|--images is no folder: none",
        "embed --archive none|--archive is no file, folder or URL: none",
        "embed --landscapes 3 --crop 0|--crop is not positive: 0",
        "embed --landscapes 3 --max-failures -1|--max-failures is negative: -1",
        "index --out i|Missing required option: '--embeddings=DIR'",
        "index --embeddings none --out i|--embeddings is no file or folder: none",
        "index --embeddings . --out no/folder/i|--out is in no folder: no/folder/i",
        "index --embeddings . --out i --sample 0|--sample is not positive: 0",
        "index --embeddings . --out i --memory 0|--memory is outside [1, 1000000000]: 0",
        "explore --port 70000|--port is outside [0, 65535]: 70000",
        "mcp --in 1,2,3,4|--in, --from, --to and --at need --published NAME",
        "frobnicate|'frobnicate'",
      })
  void wrongArgumentIsNamedInOneLine(String line, String named) {
    Path out = folder.resolve("out");
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    if (line.startsWith("embed")) words.addAll(List.of("--out", out.toString()));
    Ran ran = Ran.of(words.get(0), words.subList(1, words.size()));
    assertEquals(2, ran.status(), ran.err());
    assertEquals("", ran.out());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().startsWith("earth-embed"), ran.err());
    assertTrue(ran.err().contains(named), ran.err());
  }

  @ParameterizedTest
  @CsvSource({"NOPE", "IVF4096"})
  void indexNamesTheKindThatIsWrong(String kind) {
    Path file = folder.resolve("i");
    Ran ran = Ran.of("index", "--embeddings", work, "--out", file.toString(), "--kind", kind);
    assertEquals(2, ran.status(), ran.err());
    assertTrue(ran.err().startsWith("earth-embed index: --kind " + kind + ": "), ran.err());
    assertFalse(Files.exists(file));
  }

  @Test
  void damagedDatasetIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("damaged.parquet"), "no Parquet");
    Ran ran = Ran.of("search", "--embeddings", file.toString(), "river");
    assertEquals(1, ran.status(), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().contains("damaged.parquet"), ran.err());
  }

  @Test
  void everyCommandExplainsItself() {
    Ran help = Ran.of("--help");
    assertEquals(0, help.status());
    assertTrue(help.out().contains("Exit status:"), help.out());
    for (String command :
        List.of("search", "embed", "index", "explore", "mcp", "retrieval", "completion")) {
      assertTrue(help.out().contains("  " + command + " "), help.out());
      Ran one = Ran.of(command, "--help");
      assertEquals(0, one.status(), one.err());
      assertTrue(one.out().contains("Example"), one.out());
      assertTrue(Ran.of(command, "--version").out().startsWith("earth-embed "), command);
    }
  }

  @Test
  void bashTakesTheCompletion() throws Exception {
    Path script = folder.resolve("completion.sh");
    Files.writeString(script, Ran.of("completion").out());
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source \"$0\"; complete -p earth-embed; COMP_WORDS=(earth-embed ex); COMP_CWORD=1;"
                    + " _complete_earth-embed; echo \"${COMPREPLY[@]}\"",
                script.toString())
            .redirectErrorStream(true)
            .start();
    String told = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), told);
    assertTrue(told.endsWith("explore\n"), told);
  }
}
