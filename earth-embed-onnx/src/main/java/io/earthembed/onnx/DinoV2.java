package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * DINOv2 large: pictures in 1024 dimensions (M. Oquab et al., "DINOv2: Learning Robust Visual
 * Features without Supervision", 2023; the checkpoint {@code facebook/dinov2-large}), or another
 * size, as {@code model.json} says: base has 768 dimensions, small 384. The embedding is the mean
 * of all tokens of the last layer, including the class token, as in EarthEmbeddingExplorer.
 *
 * <p>Pictures are resized to a shorter side of 256 pixels and cropped to 224 in the middle. {@code
 * docs/models/dinov2} turns the published weights into ONNX.
 */
public final class DinoV2 {
  private DinoV2() {}

  /**
   * Calls {@link #load(Path, Preprocessing, EncoderOptions)} with {@link Preprocessing#ORIGINAL}
   * and {@link EncoderOptions#defaults()}.
   */
  public static EmbeddingModel load(Path path) {
    return load(path, Preprocessing.ORIGINAL, EncoderOptions.defaults());
  }

  /**
   * Loads the model.
   *
   * @param path a directory with {@code image.onnx} and, if the export differs from the published
   *     model, {@code model.json}; or the ONNX file itself
   * @param preprocessing how the inputs of the searched embeddings were prepared
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(
      Path path, Preprocessing preprocessing, EncoderOptions options) {
    return PublishedModel.DINOV2.load(path, prepared(preprocessing), options);
  }

  /**
   * Loads the model from a repository of a hub. First downloads {@code model.json}, written by the
   * export recipes, and the files that it names into the hub's cache.
   *
   * @param hub the hub
   * @param repo the model and its revision
   * @param preprocessing how the inputs of the searched embeddings were prepared
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the address or file that is missing,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(
      Hub hub, HubRepo repo, Preprocessing preprocessing, EncoderOptions options) {
    return load(OnnxEncoders.fetch(hub, repo), preprocessing, options);
  }

  /** Changes the version too: embeddings of the two ways must not be compared. */
  static UnaryOperator<ModelDescription> prepared(Preprocessing preprocessing) {
    return switch (preprocessing) {
      case ORIGINAL -> UnaryOperator.identity();
      case EXPLORER_249K -> DinoV2::asExplorer;
    };
  }

  private static ModelDescription asExplorer(ModelDescription original) {
    ImageDescription image = Objects.requireNonNull(original.image(), "image");
    return original.toBuilder()
        .version(original.info().version() + " explorer-249k")
        .image(image.toBuilder().divisor(255f * 255f).build())
        .build();
  }
}
