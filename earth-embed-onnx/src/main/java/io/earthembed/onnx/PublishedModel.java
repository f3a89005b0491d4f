package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Published models, whose descriptions are in the jar. A {@code model.json} in the model's
 * directory takes precedence: the export recipes write one with the values that they read in the
 * checkpoint.
 */
enum PublishedModel {
  SIGLIP("siglip"),
  SIGLIP2("siglip2"),
  FARSLIP("farslip"),
  FARSLIP_S1("farslip-s1"),
  REMOTECLIP("remoteclip"),
  GEORSCLIP("georsclip"),
  MSCLIP("msclip"),
  TIPSV2("tipsv2"),
  QWEN3_VL_EMBEDDING("qwen3-vl-embedding"),
  SSL4EO("ssl4eo"),
  SATCLIP("satclip"),
  DINOV2("dinov2"),
  DINOV2_BASE("dinov2-base"),
  DINOV2_SMALL("dinov2-small"),
  CLAY("clay"),
  OLMOEARTH("olmoearth"),
  OLMOEARTH_V1_2_BASE("olmoearth-v1.2-base"),
  OLMOEARTH_V1_2_SMALL("olmoearth-v1.2-small"),
  OLMOEARTH_V1_2_TINY("olmoearth-v1.2-tiny"),
  OLMOEARTH_V1_2_NANO("olmoearth-v1.2-nano");

  private final String folder;

  PublishedModel(String folder) {
    this.folder = folder;
  }

  /** Returns the name of its description's folder. */
  String folder() {
    return folder;
  }

  ModelDescription description() {
    return DescriptionReader.read(ModelFiles.onClassPath(PublishedModel.class, "models/" + folder));
  }

  /** Loads from a directory, or from the ONNX file of the picture tower. */
  EmbeddingModel load(Path path, EncoderOptions options) {
    return load(path, UnaryOperator.identity(), options);
  }

  /**
   * Loads from a directory, or from the ONNX file of the picture tower.
   *
   * @param adaptation changes the model's description
   */
  EmbeddingModel load(
      Path path, UnaryOperator<ModelDescription> adaptation, EncoderOptions options) {
    ModelDescription published = description();
    if (Files.isRegularFile(path)) {
      return load(Map.of("image.onnx", path), adaptation, options);
    }
    ModelFiles files = ModelFiles.in(path);
    ModelDescription description = published;
    if (files.has(DescriptionReader.FILE)) {
      description = DescriptionReader.read(files);
      String name = description.info().name();
      if (!name.equals(published.info().name())) {
        throw new EarthEmbedException(
            files.describe(DescriptionReader.FILE)
                + ": describes "
                + name
                + ", not "
                + published.info().name());
      }
    }
    return OnnxEncoders.load(files, adaptation.apply(description), options);
  }

  /**
   * Loads from files in any place.
   *
   * @param files the files by the names that the description gives them
   * @param adaptation changes the model's description
   */
  EmbeddingModel load(
      Map<String, Path> files, UnaryOperator<ModelDescription> adaptation, EncoderOptions options) {
    return OnnxEncoders.load(ModelFiles.at(files), adaptation.apply(description()), options);
  }

  /**
   * Names the files of a model of pictures and text, for {@link #load(Map, UnaryOperator,
   * EncoderOptions)}.
   */
  static Map<String, Path> imageAndText(Path image, Path text, Path tokenizer) {
    return Map.of("image.onnx", image, "text.onnx", text, "tokenizer.json", tokenizer);
  }
}
