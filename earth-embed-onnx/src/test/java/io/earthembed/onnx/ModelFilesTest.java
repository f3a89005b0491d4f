package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.common.CorruptDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
  @TempDir private Path folder;

  /** A description names its files; a hostile one may name any file. */
  @Test
  void namesNoFileOutsideItsFolder() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model/onnx"));
    Files.write(folder.resolve("secret"), new byte[] {1});
    Files.write(model.resolve("vision.onnx"), new byte[] {2});
    ModelFiles files = ModelFiles.in(folder.resolve("model"));
    assertArrayEquals(new byte[] {2}, files.read("onnx/vision.onnx"));
    assertEquals(model.resolve("vision.onnx"), files.path("onnx/vision.onnx"));
    for (String name :
        List.of(
            "../secret",
            "onnx/../../secret",
            folder.resolve("secret").toString(),
            "/etc/passwd",
            "a\0b")) {
      assertThrows(CorruptDataException.class, () -> files.read(name), name);
      assertThrows(CorruptDataException.class, () -> files.path(name), name);
      assertThrows(CorruptDataException.class, () -> files.has(name), name);
    }
  }
}
