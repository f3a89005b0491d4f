package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * SigLIP so400m at 384 pixels: pictures and text in 1152 dimensions (X. Zhai et al., "Sigmoid Loss
 * for Language Image Pre-Training", 2023; the checkpoint {@code timm/ViT-SO400M-14-SigLIP-384}).
 *
 * <p>Pictures are squashed to 384 x 384. Text is cleaned as {@link TextCleaning#CANONICALIZE} does,
 * and filled up with the end token to 64 tokens. {@code docs/models/siglip} turns the published
 * weights into ONNX.
 */
public final class SigLip {
  private SigLip() {}

  /**
   * {@link #load(Path, Recipe, EncoderOptions)} with {@link Recipe#ORIGINAL} and {@link
   * EncoderOptions#defaults()}.
   */
  public static EmbeddingModel load(Path directory) {
    return load(directory, Recipe.ORIGINAL, EncoderOptions.defaults());
  }

  /**
   * Loads it from a directory.
   *
   * @param directory {@code image.onnx}, {@code text.onnx}, {@code tokenizer.json} and, where it
   *     departs from the published model, {@code model.json}
   * @param recipe how the embeddings were made that are searched
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path directory, Recipe recipe, EncoderOptions options) {
    return ReadyModel.SIGLIP.load(directory, prepared(recipe), options);
  }

  /**
   * Loads the published model from files that lie anywhere.
   *
   * @param image the picture tower, ONNX
   * @param text the text tower, ONNX
   * @param tokenizer its tokenizer, as Hugging Face's tokenizers library writes it
   * @param recipe how the embeddings were made that are searched
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException as above
   */
  public static EmbeddingModel load(
      Path image, Path text, Path tokenizer, Recipe recipe, EncoderOptions options) {
    ReadyModel.FilePaths paths =
        new ReadyModel.FilePaths()
            .with("image.onnx", image)
            .with("text.onnx", text)
            .with("tokenizer.json", tokenizer);
    return ReadyModel.SIGLIP.load(paths, prepared(recipe), options);
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
      case EXPLORER_249K -> SigLip::asExplorer;
    };
  }

  /** With open_clip's defaults, which are CLIP's, where SigLIP has settings of its own. */
  private static ModelDescription asExplorer(ModelDescription original) {
    ModelDescription.Image image = original.image();
    ModelDescription.Image clip =
        new ModelDescription.Image(
            image.network(),
            image.bands(),
            image.size(),
            ModelDescription.Resize.SHORTER_SIDE,
            image.size(),
            ModelDescription.Crop.ROUND,
            image.interpolation(),
            image.antialias(),
            image.divisor(),
            List.of(0.48145466f, 0.4578275f, 0.40821073f),
            List.of(0.26862954f, 0.26130258f, 0.27577711f));
    ModelDescription.Text text = original.text();
    return original
        .withVersion(original.info().version() + " explorer-249k")
        .withImage(clip)
        .withText(text == null ? null : text.withClean(TextCleaning.WHITESPACE));
  }
}
