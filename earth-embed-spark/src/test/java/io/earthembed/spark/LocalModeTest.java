package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.faiss.FaissIndex;
import io.earthembed.parquet.GeoParquetDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in local mode. */
class LocalModeTest {
  @TempDir Path folder;

  @Test
  void makesTheRowsOfOneMachineAndRunsAgainForNothing() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 5, 9);
        SparkProcesses spark = new SparkProcesses(folder)) {
      Path out = folder.resolve("out");
      Object[] embed = {
        "embed", "--shards", archive.list(), "--out", out, "--crop", Archive.SIDE, "--readers", 8
      };
      String first = spark.submit("local[2]", List.of(), embed).succeed(SparkProcesses.LIMIT);
      assertTrue(first.contains("45 tiles embedded, 0 there already, 0 failed; 5 shards"), first);
      assertTrue(first.contains("embed: 45 of 45 tiles"), first);
      Map<String, String> expected = Archive.rows(archive.embedHere(folder.resolve("here")));
      assertEquals(expected, Archive.rows(out));
      // A file of a part is lost, and one is cut: both parts are made again.
      List<String> names = new ArrayList<>(Archive.files(out).keySet());
      names.removeIf(name -> !name.endsWith(".parquet"));
      Files.delete(out.resolve(names.get(0)));
      Path cut =
          out.resolve(
              names.stream().filter(n -> !sharesPart(n, names.get(0))).findFirst().orElseThrow());
      Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 100));
      String repaired = spark.submit("local[2]", List.of(), embed).succeed(SparkProcesses.LIMIT);
      assertTrue(repaired.contains("18 tiles embedded, 27 there already, 0 failed"), repaired);
      assertEquals(expected, Archive.rows(out));
      Map<String, Integer> files = Archive.files(out);
      // A job over other shards does not make it again, and must not end well.
      Path one = folder.resolve("one.txt");
      Files.writeString(one, archive.shards.get(0).toString());
      Path lost = out.resolve(names.stream().filter(n -> n.contains("part_00005")).toList().get(0));
      byte[] bytes = Files.readAllBytes(lost);
      Files.delete(lost);
      Object[] other = embed.clone();
      other[2] = one;
      String refused = spark.submit("local[1]", List.of(), other).end(1, SparkProcesses.LIMIT);
      assertTrue(refused.contains(" is lost or cut: embed its shard again"), refused);
      Files.write(lost, bytes);
      assertEquals(files, Archive.files(out));
      // The result has the columns of MajorTOM's metadata, so it is a table of tiles itself.
      Object[] again = embed.clone();
      again[1] = "--tiles";
      again[2] = out;
      String second = spark.submit("local[1]", List.of(), again).succeed(SparkProcesses.LIMIT);
      assertTrue(second.contains("0 tiles embedded, 45 there already, 0 failed"), second);
      assertEquals(files, Archive.files(out));
    }
  }

  private static boolean sharesPart(String one, String other) {
    return one.substring(one.indexOf('/')).equals(other.substring(other.indexOf('/')));
  }

  @Test
  void refusesToMakeMoreFilesThanAllowed() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 2, 9);
        SparkProcesses spark = new SparkProcesses(folder)) {
      Path out = folder.resolve("out");
      String told =
          spark
              .submit(
                  "local[1]",
                  List.of(),
                  "embed",
                  "--shards",
                  archive.list(),
                  "--out",
                  out,
                  "--max-files",
                  5)
              .end(1, SparkProcesses.LIMIT);
      // Each shard has tiles in three grid rows.
      assertTrue(told.contains("the result would have 6 files"), told);
      assertTrue(Archive.files(out).isEmpty(), told);
    }
  }

  /**
   * A job embeds only tiles that the folder lacks, even if they have other URLs or appear
   * repeatedly.
   */
  @Test
  void listsThatGrowDoubleNoRows() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 3, 9);
        SparkProcesses spark = new SparkProcesses(folder)) {
      String told =
          spark
              .submit(
                  GrownLists.class,
                  "local[2]",
                  List.of(),
                  archive.list(),
                  archive.files(),
                  folder.resolve("out"))
              .succeed(SparkProcesses.LIMIT);
      // Of products 0 to 26, three end in 3, and three in 4.
      assertTold(told, "a few", "3 embedded, 0 there");
      assertTold(told, "others", "3 embedded, 0 there");
      assertTold(told, "more", "21 embedded, 6 there");
      assertTold(told, "more again", "0 embedded, 27 there");
      assertTold(told, "fewer", "0 embedded, 3 there");
      assertTold(told, "copies", "0 embedded, 27 there");
      assertTold(told, "other crops", "centre 64");
      assertTold(told, "those in 3", "3 embedded, 0 there");
      assertTold(told, "those in 4, otherwise", "centre 64");
      assertTold(told, "before the move", "3 embedded, 0 there");
      assertTold(told, "after it", "24 embedded, 3 there");
      assertTold(told, "after it again", "0 embedded, 27 there");
      assertTold(told, "before it again", "0 embedded, 3 there");
      assertTold(told, "twice", "27 embedded, 27 there");
      assertTold(told, "twice again", "0 embedded, 54 there");
      assertTold(told, "both", "27 embedded, 27 there");
      assertTold(told, "both, interrupted", "9 embedded, 45 there");
      assertTold(told, "both again", "0 embedded, 54 there");
      assertTold(told, "some", "3 embedded, 0 there");
      assertTold(told, "more, interrupted", "25 embedded, 2 there");
      assertTold(told, "more, interrupted, again", "0 embedded, 27 there");
      assertTold(told, "timeless", "3 embedded, 0 there");
      assertTold(told, "rows without a time", "3");
      Path timeless = folder.resolve("out").resolve("timeless");
      assertNull(GeoParquetDataset.open(timeless).catalog().record(0).timestamp());
      assertTold(told, "fragments", "3 embedded, 0 there");
      assertTold(told, "more fragments", "24 embedded, 30 there");
      Map<String, String> expected = Archive.rows(archive.embedHere(folder.resolve("here")));
      for (String same : List.of("grown", "twice", "killed")) {
        assertEquals(expected, Archive.rows(folder.resolve("out").resolve(same)), same);
      }
      for (String other : List.of("moved", "both")) {
        assertEquals(
            expected.keySet(), Archive.rows(folder.resolve("out").resolve(other)).keySet(), other);
      }
      Path fragments = folder.resolve("out").resolve("fragments");
      assertEquals(4 * expected.size(), Archive.rows(fragments).size());
    }
  }

  private static void assertTold(String told, String what, String expected) {
    String line = "told " + what + ": ";
    int at = told.indexOf(line);
    assertTrue(at >= 0, line + " in " + told);
    String said = told.substring(at + line.length()).lines().findFirst().orElse("");
    assertTrue(said.contains(expected), line + said + ", not " + expected);
  }

  @Test
  void writesNoFormulasToCsv() throws Exception {
    try (SparkProcesses spark = new SparkProcesses(folder)) {
      Path out = folder.resolve("table");
      spark.submit(FormulaTable.class, "local[1]", List.of(), out).succeed(SparkProcesses.LIMIT);
      try (Stream<Path> files = Files.list(out)) {
        Path csv = files.filter(f -> f.toString().endsWith(".csv")).findFirst().orElseThrow();
        assertEquals(List.of("'=1+1,-1", "x;'@cmd,2", ",3"), Files.readAllLines(csv));
      }
    }
  }

  @Test
  void tellsTheFailuresInAFolderOfAnyName() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 1, 9);
        SparkProcesses spark = new SparkProcesses(folder)) {
      Path shard = folder.resolve("archive").resolve("part_00001.parquet");
      byte[] bytes = Files.readAllBytes(shard);
      for (int i = bytes.length / 2; i < bytes.length / 2 + 64; i++) bytes[i] ^= 0x5a;
      Files.write(shard, bytes);
      Object[] embed = {
        "embed",
        "--shards",
        archive.list(),
        "--out",
        folder.resolve("my run [1]"),
        "--crop",
        Archive.SIDE,
        "--max-failures",
        1
      };
      String told =
          spark.submit("local[1]", List.of(), embed).end(Main.INCOMPLETE, SparkProcesses.LIMIT);
      assertTrue(told.contains("8 tiles embedded, 0 there already, 1 failed"), told);
      assertTrue(told.contains("failed: product-"), told);
      assertTrue(told.contains("done, but 1 tiles and 0 shards failed"), told);
    }
  }

  @Test
  void oneDeadShardDoesNotStopAnArchive() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 3, 9);
        SparkProcesses spark = new SparkProcesses(folder)) {
      Path list = folder.resolve("list.txt");
      String shards = Files.readString(archive.list());
      String dead = shards.lines().findFirst().orElseThrow().replace("part_", "lost_");
      Files.writeString(list, dead + "?X-Amz-Signature=secret\n" + shards);
      List<Object> embed = new ArrayList<>(List.of("embed", "--shards", list));
      embed.addAll(List.of("--out", folder.resolve("out"), "--crop", Archive.SIDE));
      String strict =
          spark.submit("local[2]", List.of(), embed.toArray()).end(1, SparkProcesses.LIMIT);
      String problem =
          strict.lines().filter(l -> l.startsWith("earth-embed-spark:")).toList().get(0);
      assertTrue(problem.contains("1 shard failed, and no more than 0 may"), problem);
      assertTrue(problem.contains(dead) && problem.contains("404"), problem);
      assertFalse(strict.contains("secret"), strict);
      embed.addAll(List.of("--max-failed-shards", 1));
      String told =
          spark
              .submit("local[2]", List.of(), embed.toArray())
              .end(Main.INCOMPLETE, SparkProcesses.LIMIT);
      assertTrue(told.contains("27 tiles embedded, 0 there already, 0 failed"), told);
      assertTrue(told.contains("failed: null; " + dead), told);
      assertEquals(
          Archive.rows(archive.embedHere(folder.resolve("here"))),
          Archive.rows(folder.resolve("out")));
    }
  }

  @Test
  void aServerGetsNoMoreRequestsAtOnceThanTheJobMaySend() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 5, 12);
        SparkProcesses spark = new SparkProcesses(folder)) {
      archive.server.setLatency(Duration.ofMillis(100));
      List<Object> embed = new ArrayList<>(List.of("embed", "--shards", archive.list()));
      embed.addAll(List.of("--out", folder.resolve("out"), "--crop", Archive.SIDE));
      embed.addAll(List.of("--readers", 8, "--max-requests", 5));
      String told =
          spark.submit("local[2]", List.of(), embed.toArray()).succeed(SparkProcesses.LIMIT);
      assertTrue(told.contains("60 tiles embedded, 0 there already, 0 failed; 5 shards"), told);
      // Two tasks with two connections each.
      assertEquals(4, archive.server.mostRequestsAtOnce());
    }
  }

  @Test
  void whatASearchOrAnIndexLacksIsToldInOneLine() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 2, 10);
        SparkProcesses spark = new SparkProcesses(folder)) {
      Path embeddings = archive.embedHere(folder.resolve("here"));
      String told =
          spark
              .submit(
                  SearchProblems.class, "local[2]", List.of(), embeddings, folder.resolve("index"))
              .succeed(SparkProcesses.LIMIT);
      assertTold(told, "no queries", "[PATH_NOT_FOUND] Path does not exist");
      assertTold(told, "no column", "vektor");
      assertTold(told, "no index", folder.resolve("none").toString());
      assertTold(told, "no embeddings", folder.resolve("none").toString());
      assertTold(told, "another dimension", "components, the index");
      assertTold(told, "null", "embedding is null: ");
      assertTold(told, "result is there", "[PATH_ALREADY_EXISTS]");
      assertTold(told, "a damaged index", "index.faiss");
      assertTold(told, "a damaged dataset", ".parquet");
      assertEquals(9, told.lines().filter(line -> line.startsWith("told ")).count(), told);
    }
  }

  @Test
  void theReportCountsWhatWasAssumedOfCrops() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 3, 5);
        SparkProcesses spark = new SparkProcesses(folder)) {
      String told =
          spark
              .submit(AssumingJob.class, "local[2]", List.of(), archive.list(), folder)
              .succeed(SparkProcesses.LIMIT);
      // The times of the 15 tiles are 15 consecutive seconds from an even one.
      assertTrue(told.contains("assumptions={weather unknown: fine=8}"), told);
      assertTrue(told.contains("resumed=15"), told);
      assertTrue(told.contains("assumptions={}"), told);
    }
  }

  @Test
  void anApplicationEmbedsIndexesAndSearches() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 5, 20);
        SparkProcesses spark = new SparkProcesses(folder)) {
      String told =
          spark
              .submit(
                  ArchiveJobs.class,
                  "local[2]",
                  List.of("spark.sql.session.timeZone=Asia/Tokyo"),
                  archive.list(),
                  folder)
              .succeed(SparkProcesses.LIMIT);
      assertTrue(told.contains("90 of 90"), told);
      assertTrue(told.contains("Report[embedded=90, resumed=0, failed=0, shards=5, "), told);
      assertTrue(told.contains("Report[embedded=0, resumed=90, failed=0, shards=5, "), told);
      assertTrue(told.contains("in Spark's metrics: 1"), told);
      assertTrue(told.contains("failures 0"), told);
      assertTrue(told.contains("rows 90"), told);
      assertTrue(told.contains("likes 300"), told);
      // Two processors have eight tasks, whatever the queries' partitions.
      assertTrue(told.contains("searched in 8 tasks"), told);
      Map<String, String> expected = Archive.rows(archive.embedHere(folder.resolve("here")));
      expected.keySet().removeIf(id -> id.substring(0, id.indexOf('@')).endsWith("7"));
      Path embeddings = folder.resolve("embeddings");
      assertEquals(expected, Archive.rows(embeddings));
      assertEquals(Neighborhood.exact(embeddings, 3), Neighborhood.read(folder.resolve("found")));
      assertTrue(Files.exists(folder.resolve("index").resolve("index.manifest")));
      String model = GeoParquetDataset.open(embeddings).model().nameAndVersion();
      try (Stream<Path> shards = Files.list(folder.resolve("index"))) {
        for (Path shard : shards.filter(f -> f.toString().endsWith(".index")).toList()) {
          FaissIndex.open(shard).requireModel(model).close();
        }
      }
    }
  }

  @Test
  void anIndexThatCannotBeMadeLeavesWhatWasThereAndItsShares() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 3, 20);
        SparkProcesses spark = new SparkProcesses(folder)) {
      Path embeddings = folder.resolve("here");
      // 60 tiles in parts of 25, 25 and 10.
      EmbedHere.main(
          new String[] {
            archive.list().toString(), embeddings.toString(), "" + Archive.SIDE, "8", "25"
          });
      // One task after another, so that none still writes when its job has failed.
      String told =
          spark
              .submit(
                  IndexFailures.class, "local[1]", List.of(), embeddings, folder.resolve("index"))
              .succeed(SparkProcesses.LIMIT);
      assertTrue(told.contains("files changed"), told);
      assertTrue(told.contains("left [catalog.bin, index.faiss]"), told);
      assertTrue(told.contains("resumed with 2 of 3 shares, the same: true"), told);
    }
  }

  /** Spark casts anything to anything, so a column must have the expected type. */
  @Test
  void columnsOfOtherTypesAreReadOrRefused() throws Exception {
    String plain = "p 2022-11-15T16:18:19Z 1.5 3.0 file:/s.parquet#4";
    Map<String, String> tables = new LinkedHashMap<>();
    for (String row : List.of("4", "4S", "4D", "'4'", "4.00BD")) {
      tables.put(row + " AS parquet_row", plain);
    }
    for (String row : List.of("1e10D", "1.5D", "1.5BD", "-1", "'1.5'", "2147483648L")) {
      tables.put(row + " AS parquet_row", ", not the number of a row group: p@1U_2R");
    }
    tables.put("double('NaN') AS parquet_row", "parquet_row is NaN, not the number of");
    tables.put("int(null) AS parquet_row", "parquet_row is null");
    tables.put("true AS parquet_row", "tiles: column parquet_row is boolean, not a number");
    for (String time :
        List.of(
            "timestamp '2022-11-15 16:18:19+00:00'",
            "timestamp_ntz '2022-11-15 16:18:19'",
            "'2022-11-15T18:18:19+02:00'",
            "'2022-11-15 16:18:19'",
            "'2022-11-15T16:18:19.000Z'")) {
      tables.put(time + " AS timestamp", plain);
    }
    String micros = "timestamp '1969-12-31 23:59:59.999999Z' AS timestamp";
    tables.put(micros, plain.replace("2022-11-15T16:18:19Z", "1969-12-31T23:59:59.999999Z"));
    String midnight = plain.replace("16:18:19", "00:00:00");
    tables.put("date '2022-11-15' AS timestamp", midnight);
    tables.put("'20221115' AS timestamp", midnight);
    for (String type : List.of("", "string", "timestamp", "date")) {
      String unknown = type + "(null)";
      tables.put(unknown + " AS timestamp", plain.replace("2022-11-15T16:18:19Z", "null"));
    }
    tables.put("1668529099000L AS timestamp", "tiles: column timestamp is bigint, not a time");
    tables.put("'1668529099000' AS timestamp", "not a timestamp: 1668529099000");
    tables.put("1.5BD AS centre_lat", plain);
    tables.put("15000e-4BD AS centre_lat", plain);
    tables.put(
        "timestamp '2022-11-15 16:18:19' AS centre_lat",
        "tiles: column centre_lat is timestamp, not a number");
    tables.put("3.0BD AS cloud_cover", plain);
    tables.put("101 AS cloud_cover", plain.replace("3.0", "NaN"));
    tables.put("-1 AS cloud_cover", plain.replace("3.0", "NaN"));
    tables.put("binary('p') AS product_id", plain);
    tables.put("struct('a', 'b') AS product_id", "tiles: column product_id is struct<");
    tables.put("array('p') AS product_id", "tiles: column product_id is array<string>, not text");
    tables.put("null AS cloud_cover", plain.replace("3.0", "NaN"));
    try (SparkProcesses spark = new SparkProcesses(folder)) {
      String told =
          spark
              .submit(
                  TileTableTypes.class,
                  "local[1]",
                  List.of("spark.sql.session.timeZone=Asia/Tokyo"),
                  tables.keySet().toArray())
              .succeed(SparkProcesses.LIMIT);
      for (boolean ansi : List.of(true, false)) {
        tables.forEach(
            (table, expected) -> {
              String line = "told " + ansi + " " + table + ": ";
              int at = told.indexOf(line);
              assertTrue(at >= 0, line + " in " + told);
              String said = told.substring(at + line.length()).lines().findFirst().orElse("");
              boolean read = expected.startsWith("p ");
              assertTrue(read ? said.equals(expected) : said.contains(expected), line + said);
            });
      }
    }
  }
}
