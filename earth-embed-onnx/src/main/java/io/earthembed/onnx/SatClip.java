package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * SatCLIP ViT16-L40: twelve-band pictures and places in 256 dimensions (K. Klemmer et al.,
 * "SatCLIP: Global, General-Purpose Location Embeddings with Satellite Imagery", 2023; the
 * checkpoint {@code microsoft/SatCLIP-ViT16-L40}).
 *
 * <p>Pictures are reflectances, squashed to 224 x 224 without antialiasing, with zeros in place of
 * B10, which level 2A lacks. Places are encoded in float64. {@code docs/models/satclip} turns the
 * published weights into ONNX.
 */
public final class SatClip {
  private SatClip() {}

  /** Calls {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load(Path directory) {
    return load(directory, EncoderOptions.defaults());
  }

  /**
   * Loads the model from a directory.
   *
   * @param directory {@code image.onnx}, {@code location.onnx} and, if the export differs from the
   *     published model, {@code model.json}
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path directory, EncoderOptions options) {
    return PublishedModel.SATCLIP.load(directory, options);
  }

  /**
   * Loads the published model from files in any place.
   *
   * @param image the picture tower, ONNX
   * @param location the location tower, ONNX
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path image, Path location, EncoderOptions options) {
    Map<String, Path> files = Map.of("image.onnx", image, "location.onnx", location);
    return PublishedModel.SATCLIP.load(files, UnaryOperator.identity(), options);
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
