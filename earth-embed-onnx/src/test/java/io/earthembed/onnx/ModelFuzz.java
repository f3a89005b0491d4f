package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Any bytes as what is read of a model before a native program reads it: the header of an ONNX
 * file, and its description. For {@link ModelFuzzTest}.
 */
public final class ModelFuzz {
  private ModelFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Path file = Files.createTempFile("model", "");
    try {
      Files.write(file, data);
      try (SeekableByteChannel channel = Files.newByteChannel(file)) {
        OnnxFile.hasFloat16Weights(channel);
      }
      try (SeekableByteChannel channel = Files.newByteChannel(file)) {
        OnnxFile.isWhole(channel);
      }
      DescriptionReader.read(ModelFiles.at(Map.of(DescriptionReader.FILE, file)));
    } catch (EarthEmbedException e) {
      // As it should be.
    } finally {
      Files.delete(file);
    }
  }
}
