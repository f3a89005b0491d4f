package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.CorruptDataException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and sizes that somebody chose who means ill. */
final class HostileFilesTest {
  @TempDir Path folder = Path.of(".");

  @Test
  void partsStayInTheirFolder() throws IOException {
    Path dataset = Files.createDirectory(folder.resolve("dataset"));
    GeoParquetSink sink = new GeoParquetSink(dataset, new ModelInfo("m", "1", 2));
    for (String name :
        List.of(
            "../x",
            "..",
            ".",
            "",
            "/tmp/x",
            "a/b",
            "a\\b",
            "C:x",
            "a\0b",
            "a\nb",
            ".hidden",
            "x".repeat(300),
            "\u2025/x")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> sink.write(name, List.of(), Vectors.allocate(0, 2)),
          name);
      assertThrows(
          IllegalArgumentException.class, () -> sink.recordFailures(name, List.of()), name);
    }
    try (Stream<Path> all = Files.walk(folder)) {
      assertEquals(2, all.count(), "the two folders and nothing else");
    }
  }

  /** 150 bytes claim to hold 200 MB of pixels. */
  @Test
  void aPictureIsNoLargerThanItsBytesJustify() {
    ByteBuffer tiff = ByteBuffer.allocate(150).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) 8);
    int[][] entries = {
      {256, 4, 1, 10_000},
      {257, 4, 1, 10_000},
      {258, 3, 1, 16},
      {259, 3, 1, 8},
      {273, 4, 1, 140},
      {277, 3, 1, 1},
      {278, 4, 1, 10_000},
      {279, 4, 1, 10}
    };
    for (int[] entry : entries) {
      tiff.putShort((short) entry[0]).putShort((short) entry[1]).putInt(entry[2]).putInt(entry[3]);
    }
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> GeoTiff.read(tiff.array(), "bomb"));
    assertTrue(e.getMessage().contains("10000 x 10000 in 150 bytes"), e.getMessage());
  }
}
