package io.earthembed.raster;

import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.testkit.fuzz.Fuzzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Hostile GeoTIFFs: nothing but our own exceptions, within limits of memory and time. */
class CogFuzzTest {
  private static final Path FORMS =
      Path.of("../earth-embed-parquet/src/test/resources/io/earthembed/parquet/tif");

  @Test
  void windows() throws IOException {
    Fuzzer fuzzer = Fuzzer.of(CogFuzz.class).runs(30_000).maxBytes(4_000).memory(350, 64, 1200);
    try (Stream<Path> files = Files.list(FORMS)) {
      for (Path file : files.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length <= 4_000) fuzzer.seed(file.getFileName().toString(), bytes);
      }
    }
    Raster rgb = Raster.allocate(20, 30, 3, SampleType.UINT8);
    fuzzer.seed("rgb", TestScenes.tiff(rgb.withReference(new GeoReference(32633, 0, 0, 10))));
    fuzzer.fuzz();
  }
}
