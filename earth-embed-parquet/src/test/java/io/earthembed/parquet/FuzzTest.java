package io.earthembed.parquet;

import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.FileRanges;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.PagesFuzz;
import io.earthembed.testkit.fuzz.Fuzzer;
import java.io.IOException;
import java.nio.ByteOrder;
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

  /** 4,000 bytes may become 131 MB, which is there twice: as a block and as a picture. */
  @Test
  void tiffs() throws Exception {
    Fuzzer fuzzer = Fuzzer.of(TiffFuzz.class).runs(50_000).maxBytes(4_000).memory(350, 64, 1200);
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/io/earthembed/parquet/tif"))) {
      for (Path file : files.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length <= 4_000) fuzzer.seed(file.getFileName().toString(), bytes);
      }
    }
    for (int compression : new int[] {1, 5, 8, 32773, 50000}) {
      byte[] strip = TiffBytes.pack(compression, new byte[64]);
      TiffBytes tiff = TiffBytes.of(ByteOrder.BIG_ENDIAN, 8, 8, 16, compression);
      tiff.strips(strip, strip).field(278, TiffBytes.SHORT, 4).text(42113, "-9999");
      tiff.placed(1024, 1, 1025, 2, 3072, 32633);
      fuzzer.seed("strips-" + compression, tiff.bytes());
      tiff.field(266, TiffBytes.SHORT, 2).field(339, TiffBytes.SHORT, 3);
      fuzzer.seed("reversed-" + compression, tiff.bytes());
    }
    fuzzer.fuzz();
  }
}
