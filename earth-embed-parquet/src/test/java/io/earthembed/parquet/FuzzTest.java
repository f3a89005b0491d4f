package io.earthembed.parquet;

import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.FileRanges;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.PagesFuzz;
import io.earthembed.testkit.fuzz.Fuzzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Hostile files: nothing but our own exceptions, within limits of memory and time. */
class FuzzTest {
  private static final Path FORMS = Path.of("src/test/resources/io/earthembed/parquet/embeddings");

  private static List<Path> forms() throws IOException {
    try (Stream<Path> files = Files.list(FORMS)) {
      return files.sorted().toList();
    }
  }

  @Test
  void files() {
    Fuzzer.of(FileFuzz.class).seeds(FORMS).runs(25_000).memory(700, 700, 2500).fuzz();
  }

  @Test
  void pages() throws Exception {
    Fuzzer fuzzer = Fuzzer.of(PagesFuzz.class).runs(25_000).memory(700, 700, 2500);
    for (Path form : forms()) {
      FileRanges source = new FileRanges(form, new Counters());
      Footer footer = Footer.read(source, 1 << 16);
      Group group = footer.rowGroups().get(0);
      Chunk chunk = group.chunks().get("embedding");
      if (chunk == null || chunk.codec() == org.apache.parquet.format.CompressionCodec.BROTLI) {
        continue;
      }
      fuzzer.seed(
          form.getFileName().toString(),
          PagesFuzz.input(chunk, source.read(footer.tail(), chunk.offset(), chunk.size())));
    }
    fuzzer.fuzz();
  }
}
