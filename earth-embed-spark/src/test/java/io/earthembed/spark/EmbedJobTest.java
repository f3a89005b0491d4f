package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embedding in local mode. */
class EmbedJobTest {
  @TempDir Path folder;

  @Test
  void makesTheRowsOfOneMachineAndRunsAgainForNothing() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 5, 9);
        SparkProcesses spark = new SparkProcesses(folder)) {
      Path out = folder.resolve("out");
      Object[] embed = {
        "embed", "--shards", archive.list(), "--out", out, "--crop", Archive.SIDE, "--readers", 8
      };
      String first = spark.submit("local[2]", List.of(), embed).succeed(Duration.ofSeconds(120));
      assertTrue(first.contains("45 tiles embedded, 0 there already, 0 failed; 5 shards"), first);
      assertTrue(first.contains("embed: 45 of 45 tiles"), first);
      assertEquals(Archive.rows(archive.embedHere(folder.resolve("here"))), Archive.rows(out));
      Map<String, Integer> files = Archive.files(out);
      String second = spark.submit("local[1]", List.of(), embed).succeed(Duration.ofSeconds(120));
      assertTrue(second.contains("0 tiles embedded, 45 there already, 0 failed"), second);
      assertEquals(files, Archive.files(out));
    }
  }
}
