package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * SigLIP so400m at 384 pixels: pictures and text in 1152 dimensions (X. Zhai et al., "Sigmoid Loss
 * for Language Image Pre-Training", 2023; the checkpoint {@code timm/ViT-SO400M-14-SigLIP-384}).
 *
 * <p>Pictures are squashed to 384 x 384. Text is cleaned by {@link TextCleaning#CANONICALIZE} and
 * padded with the end token to 64 tokens. {@code docs/models/siglip} turns the published weights
 * into ONNX.
 */
public final class SigLip {
  private SigLip() {}

  /**
   * Calls {@link #load(Path, Preprocessing, EncoderOptions)} with {@link Preprocessing#ORIGINAL}
   * and {@link EncoderOptions#defaults()}.
   */
  public static EmbeddingModel load(Path directory) {
    return load(directory, Preprocessing.ORIGINAL, EncoderOptions.defaults());
  }

  /**
   * Loads the model from a directory.
   *
   * @param directory {@code image.onnx}, {@code text.onnx}, {@code tokenizer.json} and, if the
   *     export differs from the published model, {@code model.json}
   * @param preprocessing how the inputs of the searched embeddings were prepared
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(
      Path directory, Preprocessing preprocessing, EncoderOptions options) {
    return PublishedModel.SIGLIP.load(directory, prepared(preprocessing), options);
  }

  /**
   * Loads the published model from files in any place.
   *
   * @param image the picture tower, ONNX
   * @param text the text tower, ONNX
   * @param tokenizer the tokenizer file, as Hugging Face's tokenizers library writes it
   * @param preprocessing how the inputs of the searched embeddings were prepared
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(
      Path image, Path text, Path tokenizer, Preprocessing preprocessing, EncoderOptions options) {
    Map<String, Path> files = PublishedModel.imageAndText(image, text, tokenizer);
    return PublishedModel.SIGLIP.load(files, prepared(preprocessing), options);
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
      case EXPLORER_249K -> SigLip::asExplorer;
    };
  }

  /** Replaces SigLIP's own settings by open_clip's defaults, which are CLIP's. */
  private static ModelDescription asExplorer(ModelDescription original) {
    ImageDescription image = Objects.requireNonNull(original.image(), "image");
    ImageDescription clip =
        image.toBuilder()
            .resize(ImageDescription.Resize.SHORTER_SIDE)
            .resizeTo(image.size())
            .crop(ImageDescription.Crop.ROUND)
            .mean(List.of(0.48145466f, 0.4578275f, 0.40821073f))
            .std(List.of(0.26862954f, 0.26130258f, 0.27577711f))
            .build();
    TextDescription text = original.text();
    return original.toBuilder()
        .version(original.info().version() + " explorer-249k")
        .image(clip)
        .text(text == null ? null : text.toBuilder().clean(TextCleaning.WHITESPACE).build())
        .build();
  }
}
