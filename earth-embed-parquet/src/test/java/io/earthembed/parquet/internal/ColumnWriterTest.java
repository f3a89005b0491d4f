package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColumnWriterTest {
  @TempDir Path folder;

  /** Its first column may be in the file already, so later offsets would be wrong. */
  @Test
  void rowGroupThatFailedEndsTheFile() throws IOException {
    ColumnWriter.Field name =
        new ColumnWriter.Field("name", Type.BYTE_ARRAY, ColumnWriter.Kind.STRING);
    ColumnWriter.Field other =
        new ColumnWriter.Field("other", Type.BYTE_ARRAY, ColumnWriter.Kind.STRING);
    ColumnData text = ColumnData.binaries(List.of("a".getBytes(StandardCharsets.UTF_8)));
    Path file = folder.resolve("x.parquet");
    try (ColumnWriter writer =
        new ColumnWriter(file, List.of(name, other), Map.of(), CompressionCodec.UNCOMPRESSED)) {
      writer.write(1, List.of(text, text));
      assertThrows(
          NullPointerException.class,
          () -> writer.write(1, Arrays.asList(text, (ColumnData) null)));
      assertThrows(IllegalStateException.class, () -> writer.write(1, List.of(text, text)));
      assertThrows(IllegalStateException.class, writer::finish);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
