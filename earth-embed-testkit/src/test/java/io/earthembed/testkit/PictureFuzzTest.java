package io.earthembed.testkit;

import io.earthembed.testkit.fuzz.Fuzzer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Hostile pictures: nothing but our own exception, within limits of memory and time. */
class PictureFuzzTest {
  /** Valid files of each kind. */
  private static final Path KINDS =
      Path.of("../earth-embed-core/src/test/resources/io/earthembed/image/codec/pictures");

  @Test
  void pictures() throws IOException {
    Fuzzer fuzzer = Fuzzer.of(PictureFuzz.class).runs(15_000).maxBytes(5_000);
    try (Stream<Path> files = Files.list(KINDS)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (!name.endsWith(".txt")) fuzzer.seed(name, Files.readAllBytes(file));
      }
    }
    for (String word : List.of("IHDR", "PLTE", "IDAT", "IEND", "tRNS", "GIF89a", "JFIF", "Adobe")) {
      fuzzer.word(word.getBytes(StandardCharsets.ISO_8859_1));
    }
    for (int marker = 0xC0; marker < 0xF0; marker++) {
      fuzzer.word(new byte[] {(byte) 0xFF, (byte) marker});
    }
    fuzzer.fuzz();
  }
}
