package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
  @ValueSource(strings = {"https://u:p@h/emb", "http://h/emb?X-Amz-Signature=u:p"})
  void refusesUrlsThatCannotBeWritten(String url) {
    Exception e =
        assertThrows(TypeConversionException.class, () -> new FolderOption().convert(url));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("name a path that all machines share"), message);
    assertFalse(message.contains("u:p"), message);
  }

  @Test
  void takesPathsAndUrls() {
    FolderOption option = new FolderOption();
    assertEquals(URI.create("file:///data/emb"), option.convert("/data/emb"));
    assertEquals(Path.of("emb:1").toAbsolutePath().toUri(), option.convert("emb:1"));
    assertEquals(folder.toUri(), option.convert(folder.toUri().toString()));
    assertEquals(URI.create("s3a://bucket/emb"), option.convert("s3a://bucket/emb"));
  }

  @Test
  void marksBelongToOneFolder() {
    JobFolder a = JobFolder.of(folder.resolve("a").toUri());
    JobFolder b = JobFolder.of(folder.resolve("b").toUri());
    String mark = SharedFolder.mark(a);
    SharedFolder.requireMark(a, mark);
    assertThrows(EarthEmbedException.class, () -> SharedFolder.requireMark(b, mark));
    // The next job removes the mark of one whose driver was killed.
    String next = SharedFolder.mark(a);
    assertFalse(a.exists(mark));
    assertTrue(a.exists(next));
  }

  @Test
  void namesTheFilesThatAreMissingOrCut() throws Exception {
    JobFolder shared = JobFolder.of(folder.toUri());
    Files.createDirectories(folder.resolve("_parts"));
    Files.createFile(folder.resolve("_parts").resolve("a.tiles"));
    Files.writeString(folder.resolve("a.parquet"), "four");
    SharedFolder.await(shared, Set.of("a"), Map.of("a.parquet", 4L), Duration.ZERO);
    for (String missing : List.of("_parts/b.tiles", "b.parquet", "a.parquet")) {
      boolean list = missing.startsWith("_parts/");
      Set<String> parts = list ? Set.of("a", "b") : Set.of("a");
      Map<String, Long> files = list ? Map.of("a.parquet", 4L) : Map.of(missing, 5L);
      Exception e =
          assertThrows(
              EarthEmbedException.class,
              () -> SharedFolder.await(shared, parts, files, Duration.ofMillis(1)));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains(list ? "lacks 1 of 3 files" : "lacks 1 of 2 files"), message);
      assertTrue(message.contains("such as " + missing), message);
    }
  }
}
