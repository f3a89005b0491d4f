package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;

/**
 * OlmoEarth v1 base: pictures of twelve bands in 768 dimensions (the checkpoint {@code
 * allenai/OlmoEarth-v1-Base}), one time step in July, mean of all tokens, as in
 * EarthEmbeddingExplorer.
 *
 * <p>{@code docs/models/olmoearth} turns the published weights into ONNX.
 */
public final class OlmoEarth {
  private OlmoEarth() {}

  /** Calls {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load(Path path) {
    return load(path, EncoderOptions.defaults());
  }

  /**
   * Loads the model.
   *
   * @param path a directory with {@code image.onnx} and, if the export differs from the published
   *     model, {@code model.json}; or the ONNX file itself
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path path, EncoderOptions options) {
    return PublishedModel.OLMOEARTH.load(path, options);
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
