package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.DatasetCompression;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.PublishedSet;
import io.earthembed.parquet.PublishedSets;
import io.earthembed.vector.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The explorer as a user starts it. */
@Timeout(600)
class ExploreCommandTest {
  private static final Pattern ADDRESS = Pattern.compile("The explorer is at (\\S+)");

  @TempDir Path folder;

  private interface Use {
    void of(String address) throws Exception;
  }

  /** Runs the command, and uses the server whose address it prints; returns what it printed. */
  private static String explore(Use use, String... args) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream console = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    List<String> all = new ArrayList<>(List.of("explore"));
    all.addAll(List.of(args));
    Thread running =
        new Thread(() -> Main.run(console, console, all.toArray(String[]::new)), "explore");
    running.start();
    try {
      Matcher address = ADDRESS.matcher("");
      while (!address.find()) {
        assertTrue(running.isAlive(), bytes.toString(StandardCharsets.UTF_8));
        Thread.sleep(100);
        address.reset(bytes.toString(StandardCharsets.UTF_8));
      }
      use.of(address.group(1));
    } finally {
      running.interrupt();
      running.join(60_000);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> search(String address, String json) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(address + "api/search"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  @Test
  void servesTheLandscapes() throws Exception {
    explore(
        address -> {
          HttpResponse<String> answer = search(address, "{\"parts\": [{\"text\": \"a river\"}]}");
          assertEquals(200, answer.statusCode(), answer.body());
          assertTrue(answer.body().contains("\"rank\":1"), answer.body());
        },
        "--landscapes",
        "20",
        "--port",
        "0",
        "--no-browser",
        "--out",
        folder.toString());
  }

  /** Writes a file of the set earth-index: three tiles, two of them in the box 2,41,3,42. */
  private Path mirror() throws Exception {
    PublishedSet set = PublishedSets.find("earth-index");
    Path part = folder.resolve("mirror/earthgenome/earthindexembeddings/2024");
    Files.createDirectories(part);
    List<EmbeddedTile> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(3, set.model().dimension());
    double[] longitudes = {1.9, 2.2, 2.4};
    for (int i = 0; i < 3; i++) {
      GeoPoint center = new GeoPoint(41.5, longitudes[i]);
      TileRecord tile =
          new TileRecord(
              "tile-" + i,
              MajorTomGrid.CORE.cellOf(center),
              "mosaic",
              Instant.parse("2024-06-0" + (i + 1) + "T00:00:00Z"),
              center,
              Float.NaN,
              null);
      tiles.add(new EmbeddedTile(tile, null));
      float[] vector = new float[set.model().dimension()];
      vector[i] = 1;
      vectors.set(i, vector);
    }
    new GeoParquetSink(part, set.model(), DatasetCompression.ZSTD)
        .write("31TDF_2024-01-01_2025-01-01", tiles, vectors);
    return folder.resolve("mirror");
  }

  @Test
  void servesRegionOfPublishedSet() throws Exception {
    String at = mirror().toString();
    String printed =
        explore(
            address -> {
              HttpResponse<String> explorers =
                  send(HttpRequest.newBuilder(URI.create(address + "api/explorers")).build());
              String body = explorers.body();
              assertTrue(body.contains("\"asks\":[\"place\",\"tile\"]"), body);
              assertTrue(body.contains("\"tiles\":2"), body);
              assertTrue(body.contains("Earth Genome"), body);
              assertTrue(body.contains("CC-BY-4.0"), body);

              HttpResponse<String> answer =
                  search(address, "{\"parts\": [{\"tile\": \"tile-2\"}]}");
              assertEquals(200, answer.statusCode(), answer.body());
              assertTrue(answer.body().contains("\"total\":2"), answer.body());
              Matcher first = Pattern.compile("\"id\":\"([^\"]*)\"").matcher(answer.body());
              assertTrue(first.find());
              assertEquals("tile-2", first.group(1));

              answer = search(address, "{\"parts\": [{\"place\": {\"lat\": 41.5, \"lon\": 2.2}}]}");
              assertEquals(200, answer.statusCode(), answer.body());

              answer = search(address, "{\"parts\": [{\"text\": \"a river\"}]}");
              assertEquals(400, answer.statusCode(), answer.body());
              assertTrue(answer.body().contains("softcon 2.0.0 (384-d) has no text encoder"));
              assertTrue(answer.body().contains("tile, vector"), answer.body());
            },
            "--published",
            "earth-index",
            "--in",
            "2,41,3,42",
            "--at",
            at,
            "--port",
            "0",
            "--no-browser");
    assertTrue(printed.contains("1 of 1 listed files"), printed);
    assertTrue(printed.contains("3 rows at most"), printed);
    assertTrue(printed.contains("2 tiles"), printed);
  }

  @Test
  void servesDaysOfPublishedSet() throws Exception {
    explore(
        address -> {
          HttpResponse<String> answer = search(address, "{\"parts\": [{\"tile\": \"tile-1\"}]}");
          assertEquals(200, answer.statusCode(), answer.body());
          assertTrue(answer.body().contains("\"total\":1"), answer.body());
        },
        "--published=earth-index",
        "--in=-10,40,3,42",
        "--from=2024-06-02",
        "--to=2024-06-02",
        "--at=" + mirror().toUri(),
        "--port=0",
        "--no-browser");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--embeddings none|--embeddings is no file or folder: none",
        "--in 1,2,3,4|--in, --from, --to and --at need --published NAME",
        "--published earth|no published set is named earth, only lgnd",
        "--published earth-index|--published needs --in WEST,SOUTH,EAST,NORTH",
        "--published earth-index --in 1,2,3|not WEST,SOUTH,EAST,NORTH: 1,2,3",
        "--published earth-index --in 1,95,3,96|south outside [-90.0, 90.0]: 95.0",
        "--published earth-index --in 1,2,3,4 --at none|--at is neither a URL nor a folder: none",
        "--published earth-index --in 1,2,3,4 --at http://a b/|--at is not a valid URL",
        "--published earth-index --in 1,2,3,4 --embeddings .|exclude each other",
        "--published earth-index --in 1,2,3,4 --from 2024-06-02 --to 2024-06-01|--to 2024-06-01 is",
        "--published alphaearth --in 1,2,3,4|module earth-embed-raster makes tiles of them",
      })
  void saysWhatIsWrong(String line, String said) {
    // A space within a word is no separator.
    Ran ran = Ran.of("explore", List.of(line.split(" (?!b/)", -1)));
    // No other argument would give such a set rows.
    assertEquals(said.contains("earth-embed-raster") ? 1 : 2, ran.status(), ran.err());
    assertTrue(ran.err().contains(said), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
  }
}
