package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.testkit.process.ChildJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that makes embeddings is killed, with SIGKILL and at random moments, again and again;
 * its final result equals that of an undisturbed run. {@code -Dearthembed.kills=500} kills it more
 * often.
 */
class KilledRunTest {
  private static final int KILLS = Integer.getInteger("earthembed.kills", 50);

  /** Of six tiles, or two parts for each model, a life leaves about one part on average. */
  private static final int TILES = 6 * KILLS;

  @TempDir Path folder;

  private void writeShards() throws IOException {
    Path shards = Files.createDirectories(folder.resolve("shards"));
    int perShard = TILES / 3;
    for (int shard = 0; shard < 3; shard++) {
      try (ShardWriter writer = new ShardWriter(shards.resolve("part_" + shard + ".parquet"))) {
        for (int i = shard * perShard; i < (shard + 1) * perShard; i++) writer.add(tile(i));
        writer.finish();
      }
    }
  }

  static ShardTile tile(int i) {
    LandscapeKind[] kinds = LandscapeKind.values();
    Landscape landscape = Landscape.generate(kinds[i % kinds.length], i, 16);
    GeoReference place = new GeoReference(32632, 400_000 + 160.0 * i, 5_000_000, 10);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : List.of(Band.B02, Band.B03, Band.B04)) {
      bands.put(band, landscape.band(band).withReference(place));
    }
    // Some tiles cannot be embedded, one of them the last of its part.
    if (i % 40 == 11) bands.remove(Band.B04);
    return new ShardTile(
        new GridCell(400 + i / 9, i % 9),
        "product-" + i,
        Instant.EPOCH,
        new GeoPoint(45, 9),
        bands,
        null);
  }

  private Process start(Path out) throws IOException {
    String shards = folder.resolve("shards").toString();
    return ChildJvm.withMemory(256, 256, 0)
        .withOptions("-XX:TieredStopAtLevel=1")
        .builder(KilledRun.class.getName(), shards, out.toString(), "12")
        .redirectError(new File(folder.toFile(), "errors.txt"))
        .start();
  }

  /** Returns the complete files and their sizes. */
  private static Map<String, Long> whole(Path out) throws IOException {
    Map<String, Long> files = new TreeMap<>();
    if (!Files.exists(out)) return files;
    try (Stream<Path> found = Files.walk(out)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(".tmp")) {
          files.put(out.relativize(file).toString(), Files.size(file));
        }
      }
    }
    return files;
  }

  /** Counts the complete files during a run, by their names alone, because files come and go. */
  private static long made(Path out) {
    return Stream.of("one", "two")
        .map(model -> out.resolve(model).toFile().list())
        .filter(Objects::nonNull)
        .flatMap(Stream::of)
        .filter(name -> !name.endsWith(".tmp"))
        .count();
  }

  @Test
  void losesAndDoublesNothingHoweverOftenItIsKilled() throws Exception {
    writeShards();
    Path calm = folder.resolve("calm");
    EmbeddingPipeline.Report report = KilledRun.embed(folder.resolve("shards"), calm, 0);
    assertTrue(report.failures().size() > 1);
    assertEquals(TILES - report.failures().size(), report.embedded());

    Path killed = folder.resolve("killed");
    Random random = new Random(20_261_123);
    int inTheMidst = 0;
    int all = whole(calm).size();
    double longest = 400;
    for (int kill = 0; kill < KILLS; kill++) {
      int before = whole(killed).size();
      double share = 0.7 * all * (kill + 1) / KILLS;
      Process process = start(killed);
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        out.readLine(); // it is at work
        // A process ends early if it does more than its share, for example after the disk was
        // blocked.
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt((int) longest));
        for (long left = 1; left > 0 && made(killed) <= share; ) {
          left = end - System.nanoTime();
          Thread.sleep(Math.max(0, Math.min(20, TimeUnit.NANOSECONDS.toMillis(left))));
        }
        assertTrue(process.isAlive(), () -> "it ended by itself: " + errors());
        process.destroyForcibly();
      }
      assertTrue(process.waitFor(300, TimeUnit.SECONDS));
      assertEquals(128 + 9, process.exitValue(), "killed by SIGKILL");
      int left = whole(killed).size() - before;
      if (left > 0) inTheMidst++;
      // A process's progress depends on the machine: some processes should write nothing, some a
      // little, and the last should still have work to do.
      boolean ahead = whole(killed).size() > share;
      if (ahead) longest = Math.max(20, longest * 0.7);
      else if (left == 0) longest = Math.min(5_000, longest * 1.3);
    }
    // One life can leave several parts and put the next ones ahead, so this counts few of many.
    assertTrue(inTheMidst > KILLS / 10, inTheMidst + " of the lives left something");
    int parts = whole(killed).size();
    assertTrue(parts < all, "there is work left for the last run: " + parts);

    EmbeddingPipeline.Report last = KilledRun.embed(folder.resolve("shards"), killed, 0);
    assertTrue(last.resumed() > 0 && last.embedded() > 0, last.toString());
    assertEquals(whole(calm).keySet(), whole(killed).keySet());
    assertSame(calm.resolve("one"), killed.resolve("one"), TILES - report.failures().size());
    assertSame(calm.resolve("two"), killed.resolve("two"), 4L * (TILES - report.failures().size()));
    for (String name : whole(calm).keySet()) {
      if (name.endsWith(".jsonl")) {
        assertEquals(
            Files.readString(calm.resolve(name)), Files.readString(killed.resolve(name)), name);
      }
    }
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors.txt"));
    } catch (IOException e) {
      return String.valueOf(e);
    }
  }

  /** Compares the records and vectors row by row. */
  private static void assertSame(Path calm, Path killed, long rows) {
    GeoParquetDataset expected = GeoParquetDataset.open(calm);
    GeoParquetDataset actual = GeoParquetDataset.open(killed);
    assertEquals(rows, actual.catalog().size());
    assertEquals(rows, expected.catalog().size());
    assertEquals(expected.origin(), actual.origin());
    List<float[]> vectors = vectors(expected);
    List<float[]> others = vectors(actual);
    for (int i = 0; i < rows; i++) {
      assertEquals(expected.catalog().record(i), actual.catalog().record(i));
      assertArrayEquals(vectors.get(i), others.get(i), "row " + i);
    }
  }

  private static List<float[]> vectors(GeoParquetDataset dataset) {
    List<float[]> rows = new ArrayList<>();
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++) rows.add(batch.row(i));
        });
    return rows;
  }
}
