package io.earthembed.parquet;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.internal.EncodingsFuzz;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.FooterFuzz;
import io.earthembed.parquet.internal.PagesFuzz;
import io.earthembed.testkit.ImageryStoreContract;
import io.earthembed.testkit.fuzz.Fuzzer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    Fuzzer.of(FileFuzz.class).seeds(FORMS).runs(10_000).memory(700, 700, 2500).fuzz();
  }

  @Test
  void pages() throws Exception {
    Fuzzer fuzzer = Fuzzer.of(PagesFuzz.class).runs(10_000).memory(700, 700, 2500);
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
          PagesFuzz.input(chunk, source.read(footer.version(), chunk.offset(), chunk.size())));
    }
    fuzzer.fuzz();
  }

  /** 4,000 bytes may become 131 MB, which exist twice: as a block and as a picture. */
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

  /** Fuzzes every column of every file of the tests. */
  @Test
  void encodings() throws Exception {
    Fuzzer fuzzer = Fuzzer.of(EncodingsFuzz.class).runs(10_000).memory(300, 300, 2000);
    List<Path> files;
    try (Stream<Path> all = Files.walk(FORMS.getParent())) {
      files = all.filter(f -> f.toString().endsWith(".parquet")).sorted().toList();
    }
    for (Path file : files) {
      FileRanges source = new FileRanges(file, new Counters());
      Footer footer = Footer.read(source, 1 << 16);
      if (footer.rowGroups().isEmpty()) continue;
      for (Chunk chunk : footer.rowGroups().get(0).chunks().values()) {
        if (chunk.size() == 0 || chunk.size() > 8000) continue;
        fuzzer.seed(
            file.getFileName() + " " + chunk.column().name(),
            EncodingsFuzz.input(
                chunk, source.read(footer.version(), chunk.offset(), chunk.size())));
      }
    }
    fuzzer.fuzz();
  }

  @Test
  void footers() throws Exception {
    Fuzzer fuzzer = Fuzzer.of(FooterFuzz.class).runs(20_000).memory(256, 64, 1500);
    for (Path form : forms()) {
      fuzzer.seed(
          form.getFileName().toString(),
          Footer.readRaw(new FileRanges(form, new Counters()), 1 << 16).bytes());
    }
    fuzzer.fuzz();
  }

  @Test
  void indexes(@TempDir Path folder) throws Exception {
    MetadataIndex.Builder builder = MetadataIndex.builder();
    for (int i = 0; i < 20; i++) {
      builder.add(
          new GridCell(i / 2, -i), "S2_" + i % 3, new TileRef(URI.create("file:/s" + i % 2), i));
    }
    builder.build().save(folder.resolve("plain"));
    Path shard = folder.resolve("shard.parquet");
    TestShards.write(shard, List.of(ImageryStoreContract.tile(0), ImageryStoreContract.tile(1)));
    MetadataIndex.builder()
        .addShard(shard.toUri(), List.of("B04", "thumbnail"))
        .build()
        .save(folder.resolve("ranges"));
    Fuzzer.of(IndexFuzz.class)
        .seed("plain", Files.readAllBytes(folder.resolve("plain")))
        .seed("ranges", Files.readAllBytes(folder.resolve("ranges")))
        .runs(5_000)
        .memory(256, 64, 1500)
        .fuzz();
  }

  @Test
  void metadata() throws Exception {
    Fuzzer.of(MetadataFuzz.class)
        .seed("metadata", Files.readAllBytes(FORMS.resolveSibling("metadata.parquet")))
        .runs(5_000)
        .memory(300, 300, 2000)
        .fuzz();
  }
}
