package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Feeds arbitrary bytes to the parsers that read a model before native code does: the parser of an
 * ONNX file's fields, and that of a description. For {@link ModelFuzzTest}.
 */
public final class ModelFuzz {
  private ModelFuzz() {}

  /** Any exception except our own is a finding. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Path file = Files.createTempFile("model", "");
    try {
      Files.write(file, data);
      ModelFiles.at(Map.of("model.onnx", file)).inspect("model.onnx");
      DescriptionReader.read(ModelFiles.at(Map.of(DescriptionReader.FILE, file)));
    } catch (EarthEmbedException e) {
      // Expected.
    } finally {
      Files.delete(file);
    }
  }
}
