package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Tests the checks of a job's folder, without Spark. */
class SharedFolderTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"s3a://bucket/emb", "hdfs://name/emb", "gs://b/e", "https://u:p@h/emb"})
  void refusesUrls(String url) {
    Exception e =
        assertThrows(TypeConversionException.class, () -> new SharedFolder.Option().convert(url));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("is a URL; the job writes to a path"), message);
    assertFalse(message.contains("u:p"), message);
  }

  @Test
  void takesPathsAndFileUrls() {
    SharedFolder.Option option = new SharedFolder.Option();
    assertEquals(Path.of("/data/emb"), option.convert("/data/emb"));
    assertEquals(Path.of("emb:1"), option.convert("emb:1").getFileName());
    assertEquals(folder, option.convert(folder.toUri().toString()));
  }

  @Test
  void marksBelongToOneFolder() throws Exception {
    Path mark = SharedFolder.mark(folder.resolve("a"));
    SharedFolder.requireMark(mark);
    Path elsewhere = Files.createDirectories(folder.resolve("b")).resolve(mark.getFileName());
    assertThrows(EarthEmbedException.class, () -> SharedFolder.requireMark(elsewhere));
    // The next job removes the mark of one whose driver was killed.
    Path next = SharedFolder.mark(folder.resolve("a"));
    assertFalse(Files.exists(mark));
    SharedFolder.unmark(next);
    assertFalse(Files.exists(next));
  }

  @Test
  void namesTheFilesThatAreMissing() throws Exception {
    Files.createFile(folder.resolve("a.parquet"));
    SharedFolder.await(folder, Set.of("a.parquet"), Duration.ZERO);
    Exception e =
        assertThrows(
            EarthEmbedException.class,
            () ->
                SharedFolder.await(folder, Set.of("a.parquet", "b.parquet"), Duration.ofMillis(1)));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("lacks 1 of 2 files"), message);
    assertTrue(message.contains("b.parquet"), message);
  }
}
