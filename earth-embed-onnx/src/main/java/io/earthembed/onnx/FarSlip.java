package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * FarSLIP2 (stage s2), a ViT-B/16: pictures and text in 512 dimensions, trained on remote sensing
 * (Z. Li et al., "FarSLIP", 2025; the checkpoint {@code ZhenShiL/FarSLIP}, {@code
 * FarSLIP2_ViT-B-16.pt}).
 *
 * <p>A {@code model.json} may describe {@code FarSLIP1_ViT-B-16.pt} (stage s1) instead, which has
 * 77 tokens. Pictures are resized to a shorter side of 224 pixels and cropped in the middle. Text
 * has up to 248 tokens. {@code docs/models/farslip} turns the published weights into ONNX.
 */
public final class FarSlip {
  private FarSlip() {}

  /** Calls {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load(Path directory) {
    return load(directory, EncoderOptions.defaults());
  }

  /**
   * Loads the model from a directory.
   *
   * @param directory {@code image.onnx}, {@code text.onnx}, {@code tokenizer.json} and, if the
   *     export differs from the published model, {@code model.json}
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path directory, EncoderOptions options) {
    return PublishedModel.FARSLIP.load(directory, options);
  }

  /**
   * Loads the published model from files in any place.
   *
   * @param image the picture tower, ONNX
   * @param text the text tower, ONNX
   * @param tokenizer the tokenizer file, as Hugging Face's tokenizers library writes it
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path image, Path text, Path tokenizer, EncoderOptions options) {
    Map<String, Path> files = PublishedModel.imageAndText(image, text, tokenizer);
    return PublishedModel.FARSLIP.load(files, UnaryOperator.identity(), options);
  }

  /**
   * Loads the model from a repository of a hub. First downloads {@code model.json}, written by the
   * export recipes, and the files that it names into the hub's cache.
   *
   * @param hub the hub
   * @param repo the model and its revision
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the address or file that is missing,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Hub hub, HubRepo repo, EncoderOptions options) {
    return load(OnnxEncoders.fetch(hub, repo), options);
  }
}
