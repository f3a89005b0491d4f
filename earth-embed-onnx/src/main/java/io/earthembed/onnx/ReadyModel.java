package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A model whose description comes in the jar. A directory's own {@code model.json} goes before it:
 * the export recipes write one with what they read in the checkpoint.
 */
enum ReadyModel {
  SIGLIP("siglip"),
  FARSLIP("farslip"),
  SATCLIP("satclip"),
  DINOV2("dinov2"),
  CLAY("clay"),
  OLMOEARTH("olmoearth");

  private final String folder;

  ReadyModel(String folder) {
    this.folder = folder;
  }

  ModelDescription description() {
    return DescriptionReader.read(ModelFiles.onClassPath(ReadyModel.class, "models/" + folder));
  }

  /** Loads from a directory, or from the ONNX file of its picture tower. */
  EmbeddingModel load(Path path, UnaryOperator<ModelDescription> recipe, EncoderOptions options) {
    ModelDescription ready = description();
    if (Files.isRegularFile(path)) {
      return load(new FilePaths().with(ready.image().network().file(), path), recipe, options);
    }
    ModelFiles files = ModelFiles.in(path);
    ModelDescription description = ready;
    if (files.has(DescriptionReader.FILE)) {
      description = DescriptionReader.read(files);
      String name = description.info().name();
      if (!name.equals(ready.info().name())) {
        throw new EarthEmbedException(
            files.describe(DescriptionReader.FILE)
                + ": describes "
                + name
                + ", not "
                + ready.info().name());
      }
    }
    return OnnxEncoders.load(files, recipe.apply(description), options);
  }

  /** Loads from files that lie anywhere. */
  EmbeddingModel load(
      FilePaths paths, UnaryOperator<ModelDescription> recipe, EncoderOptions options) {
    return OnnxEncoders.load(ModelFiles.at(paths.byName), recipe.apply(description()), options);
  }

  /** File names of a description, and the files themselves. */
  static final class FilePaths {
    private final Map<String, Path> byName = new HashMap<>();

    FilePaths with(String name, Path path) {
      byName.put(name, path);
      return this;
    }
  }
}
