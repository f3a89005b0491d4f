package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * FarSLIP2, a ViT-B/16: pictures and text in 512 dimensions, trained on remote sensing (Z. Li et
 * al., "FarSLIP", 2025; the checkpoint {@code ZhenShiL/FarSLIP}, {@code FarSLIP2_ViT-B-16.pt}).
 *
 * <p>Pictures are brought to a shorter side of 224 pixels and cut out of the middle. Text has up to
 * 248 tokens. {@code docs/models/farslip} turns the published weights into ONNX.
 */
public final class FarSlip {
  private FarSlip() {}

  /** {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load(Path directory) {
    return load(directory, EncoderOptions.defaults());
  }

  /**
   * Loads it from a directory.
   *
   * @param directory {@code image.onnx}, {@code text.onnx}, {@code tokenizer.json} and, where it
   *     departs from the published model, {@code model.json}
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path directory, EncoderOptions options) {
    return ReadyModel.FARSLIP.load(directory, UnaryOperator.identity(), options);
  }

  /**
   * Loads the published model from files that lie anywhere.
   *
   * @param image the picture tower, ONNX
   * @param text the text tower, ONNX
   * @param tokenizer its tokenizer, as Hugging Face's tokenizers library writes it
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException as above
   */
  public static EmbeddingModel load(Path image, Path text, Path tokenizer, EncoderOptions options) {
    ReadyModel.FilePaths paths =
        new ReadyModel.FilePaths()
            .with("image.onnx", image)
            .with("text.onnx", text)
            .with("tokenizer.json", tokenizer);
    return ReadyModel.FARSLIP.load(paths, UnaryOperator.identity(), options);
  }

  /**
   * Loads it from a repository of a hub, whose files come into its cache first: {@code model.json},
   * as the export recipes write it, and what is named there, in the repository's uppermost folder.
   *
   * @param hub where it is
   * @param repo the model and its revision
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the address or file that is missing,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Hub hub, HubRepo repo, EncoderOptions options) {
    return load(OnnxEncoders.fetch(hub, repo), options);
  }
}
