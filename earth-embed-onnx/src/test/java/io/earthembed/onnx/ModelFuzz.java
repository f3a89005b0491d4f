package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Feeds arbitrary bytes to the parsers that read a model before native code does: the parser of an
 * ONNX file's fields, that of a description, and those of the files beside a model on a hub. For
 * {@link ModelFuzzTest}.
 */
public final class ModelFuzz {
  private static final Path TEXT = network("sentences", "onnx/model.onnx");
  private static final Path IMAGE = network("dinov2", "model.onnx");

  private ModelFuzz() {}

  private static Path network(String layout, String file) {
    try {
      Path copy = Files.createTempFile(layout, ".onnx");
      copy.toFile().deleteOnExit();
      return Files.write(copy, Goldens.bytes("layouts/" + layout + "/" + file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Any exception except our own is a finding. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Path file = Files.createTempFile("model", "");
    try {
      Files.write(file, data);
      attempt(() -> ModelFiles.at(Map.of("model.onnx", file)).inspect("model.onnx"));
      attempt(() -> DescriptionReader.read(ModelFiles.at(Map.of(DescriptionReader.FILE, file))));
      attempt(() -> describe(file, "1_Pooling/config.json", TEXT));
      attempt(() -> describe(file, DescriptionReader.FILE, IMAGE));
    } finally {
      Files.delete(file);
    }
  }

  /** Describes a model by many files, all with the same content. */
  private static void describe(Path file, String other, Path network) {
    Map<String, Path> files =
        Map.of(
            "config.json",
            file,
            "preprocessor_config.json",
            file,
            "tokenizer_config.json",
            file,
            "tokenizer.json",
            file,
            "sentence_bert_config.json",
            file,
            "config_sentence_transformers.json",
            file,
            other,
            file,
            "model.onnx",
            network);
    HubLayout.describe(ModelFiles.at(files));
  }

  private static void attempt(Runnable parser) {
    try {
      parser.run();
    } catch (EarthEmbedException e) {
      // Expected.
    }
  }
}
