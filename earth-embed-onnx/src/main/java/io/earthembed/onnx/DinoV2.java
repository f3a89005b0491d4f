package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * DINOv2 large: pictures in 1024 dimensions (M. Oquab et al., "DINOv2: Learning Robust Visual
 * Features without Supervision", 2023; the checkpoint {@code facebook/dinov2-large}). The embedding
 * is the mean of all tokens of the last layer, the class token among them, as in
 * EarthEmbeddingExplorer.
 *
 * <p>Pictures are brought to a shorter side of 256 pixels, and 224 are cut out of the middle.
 * {@code docs/models/dinov2} turns the published weights into ONNX.
 */
public final class DinoV2 {
  private DinoV2() {}

  /**
   * {@link #load(Path, Recipe, EncoderOptions)} with {@link Recipe#ORIGINAL} and {@link
   * EncoderOptions#defaults()}.
   */
  public static EmbeddingModel load(Path path) {
    return load(path, Recipe.ORIGINAL, EncoderOptions.defaults());
  }

  /**
   * Loads it.
   *
   * @param path a directory of {@code image.onnx} and, where it departs from the published model,
   *     {@code model.json}; or the ONNX file itself
   * @param recipe how the embeddings were made that are searched
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path path, Recipe recipe, EncoderOptions options) {
    return ReadyModel.DINOV2.load(path, prepared(recipe), options);
  }

  /**
   * Loads it from a repository of a hub, whose files come into its cache first: {@code model.json},
   * as the export recipes write it, and what is named there, in the repository's uppermost folder.
   *
   * @param hub where it is
   * @param repo the model and its revision
   * @param recipe how the embeddings were made that are searched
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the address or file that is missing,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Hub hub, HubRepo repo, Recipe recipe, EncoderOptions options) {
    return load(OnnxEncoders.fetch(hub, repo), recipe, options);
  }

  /** The two make embeddings that must not be compared, hence another version. */
  static UnaryOperator<ModelDescription> prepared(Recipe recipe) {
    return switch (recipe) {
      case ORIGINAL -> UnaryOperator.identity();
      case EXPLORER_249K ->
          description ->
              description
                  .withVersion(description.info().version() + " explorer-249k")
                  .withImage(description.image().withDivisor(255f * 255f));
    };
  }
}
