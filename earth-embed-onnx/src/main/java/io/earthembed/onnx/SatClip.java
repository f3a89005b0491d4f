package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * SatCLIP ViT16-L40: twelve-band pictures and places in 256 dimensions (K. Klemmer et al.,
 * "SatCLIP: Global, General-Purpose Location Embeddings with Satellite Imagery", 2023; the
 * checkpoint {@code microsoft/SatCLIP-ViT16-L40}).
 *
 * <p>Pictures are reflectances, squashed to 224 x 224 without antialiasing, with zeros where level
 * 1C has B10. Places are encoded in float64. {@code docs/models/satclip} turns the published
 * weights into ONNX.
 */
public final class SatClip {
  private SatClip() {}

  /** {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load(Path directory) {
    return load(directory, EncoderOptions.defaults());
  }

  /**
   * Loads it from a directory.
   *
   * @param directory {@code image.onnx}, {@code location.onnx} and, where it departs from the
   *     published model, {@code model.json}
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path directory, EncoderOptions options) {
    return ReadyModel.SATCLIP.load(directory, UnaryOperator.identity(), options);
  }

  /**
   * Loads the published model from files that lie anywhere.
   *
   * @param image the picture tower, ONNX
   * @param location the location tower, ONNX
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException as above
   */
  public static EmbeddingModel load(Path image, Path location, EncoderOptions options) {
    ReadyModel.FilePaths paths =
        new ReadyModel.FilePaths().with("image.onnx", image).with("location.onnx", location);
    return ReadyModel.SATCLIP.load(paths, UnaryOperator.identity(), options);
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
