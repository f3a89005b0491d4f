package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.FileRanges;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.PagesFuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer for some ten thousand inputs, which starts from files of every form and learns from what
 * code they reach; {@code -Dearthembed.fuzz=250} for so many seconds. It runs in a JVM with less
 * memory than hostile input would like to have, and stops with what it found.
 */
class FuzzTest {
  private static final int SECONDS = Integer.getInteger("earthembed.fuzz", 0);

  /** A count, so that a fast machine looks at no more than a slow one. */
  private static final String EFFORT = SECONDS > 0 ? "-max_total_time=" + SECONDS : "-runs=25000";

  private static final Path FORMS = Path.of("src/test/resources/io/earthembed/parquet/embeddings");

  @TempDir Path folder;

  private void fuzz(Class<?> target, Path seeds) throws Exception {
    Path found = Files.createDirectories(folder.resolve("found"));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-XX:MaxDirectMemorySize=700m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=io.earthembed.**",
                EFFORT,
                "-max_len=20000",
                "-timeout=30",
                "-rss_limit_mb=4000",
                "-seed=20261124",
                "-print_final_stats=1",
                "-artifact_prefix=" + found + "/",
                seeds.toString())
            .directory(found.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertEquals(
          true, process.waitFor(SECONDS + 300L, TimeUnit.SECONDS), () -> "no end: " + text(log));
    } finally {
      process.destroyForcibly();
    }
    System.out.println(text(log));
    assertEquals(0, process.exitValue(), () -> text(log));
  }

  private static String text(Path log) {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return String.valueOf(e);
    }
  }

  private static List<Path> forms() throws IOException {
    try (Stream<Path> files = Files.list(FORMS)) {
      return files.sorted().toList();
    }
  }

  @Test
  void files() throws Exception {
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    for (Path form : forms()) Files.copy(form, seeds.resolve(form.getFileName()));
    fuzz(FileFuzz.class, seeds);
  }

  @Test
  void pages() throws Exception {
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    for (Path form : forms()) {
      FileRanges source = new FileRanges(form, new Counters());
      Footer footer = Footer.read(source, 1 << 16);
      Group group = footer.rowGroups().get(0);
      Chunk chunk = group.chunks().get("embedding");
      if (chunk == null || chunk.codec() == org.apache.parquet.format.CompressionCodec.BROTLI) {
        continue;
      }
      Files.write(
          seeds.resolve(form.getFileName()),
          PagesFuzz.input(chunk, source.view(footer.tail(), chunk.offset(), chunk.size())));
    }
    fuzz(PagesFuzz.class, seeds);
  }
}
