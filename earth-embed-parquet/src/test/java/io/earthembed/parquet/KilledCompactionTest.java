package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.testkit.process.ChildJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that writes small files and merges them is killed, with SIGKILL and at random moments,
 * again and again: every file whose writing had ended is there, with each of its rows once. {@code
 * -Dearthembed.kills=500} kills it more often.
 */
class KilledCompactionTest {
  private static final int KILLS = Integer.getInteger("earthembed.kills", 12);

  @TempDir Path folder;

  private Process start(Path data) throws Exception {
    return ChildJvm.withMemory(256, 256, 0)
        .withOptions("-XX:TieredStopAtLevel=1")
        .builder(KilledCompaction.class.getName(), data.toString())
        .redirectError(new File(folder.toFile(), "errors.txt"))
        .start();
  }

  /** Lets a process run until it has written some files and a random time has passed. */
  private int killOne(Path data, Random random) throws Exception {
    Process process = start(data);
    int last = -1;
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (int files = 1 + random.nextInt(12); files > 0; files--) {
        String line = out.readLine();
        assertNotNull(line, () -> "it ended by itself: " + errors());
        last = Integer.parseInt(line);
      }
      TimeUnit.MICROSECONDS.sleep(random.nextInt(30_000));
      process.toHandle().destroyForcibly(); // Process.destroyForcibly would close the stream
      assertTrue(process.waitFor(300, TimeUnit.SECONDS), "the process is still there");
      assertEquals(128 + 9, process.exitValue(), "killed by SIGKILL");
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        // The kill may have cut the last line.
        if (line.equals(String.valueOf(last + 1))) last++;
      }
    }
    return last;
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors.txt"));
    } catch (IOException e) {
      return String.valueOf(e);
    }
  }

  @Test
  void losesAndDoublesNothingHoweverOftenItIsKilled() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Random random = new Random(20_261_130);
    int merges = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      int last = killOne(data, random);
      GeoParquetDataset dataset = GeoParquetDataset.open(data, KilledCompaction.MODEL);
      int rows = (int) dataset.catalog().size();
      assertEquals(0, rows % KilledCompaction.ROWS, "kill " + kill + ": a part of a file");
      int written = rows / KilledCompaction.ROWS;
      assertTrue(written > last, "kill " + kill + ": " + written + " files, but " + last);
      float[] vector = new float[KilledCompaction.MODEL.dimension()];
      var vectors = dataset.vectors();
      for (int i = 0; i < rows; i++) {
        int part = i / KilledCompaction.ROWS;
        int row = i % KilledCompaction.ROWS;
        assertEquals(KilledCompaction.id(part, row), dataset.catalog().id(i), "kill " + kill);
        vectors.get(i, vector);
        assertArrayEquals(KilledCompaction.vector(part, row), vector, "kill " + kill);
      }
      if (GeoParquetDataset.files(data).size() < written) merges++;
    }
    assertTrue(merges > KILLS / 2, merges + " of the lives left merged files");
    // The next writer removes what the killed ones left.
    GeoParquetSink sink = new GeoParquetSink(data, KilledCompaction.MODEL);
    sink.compact(1 << 20);
    try (Stream<Path> files = Files.list(data)) {
      assertEquals(
          1, files.filter(file -> file.toString().endsWith(".parquet")).count(), "all in one file");
    }
  }
}
