package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;

/**
 * OlmoEarth: pictures of twelve bands (the checkpoints {@code allenai/OlmoEarth-v1-Base}, {@code
 * -v1_2-Base} and their other sizes), one time step, mean of all tokens, as in
 * EarthEmbeddingExplorer. The releases are different models: {@code model.json} names the one that
 * was exported, and a set of one refuses the queries of another.
 *
 * <p>The network takes the date and the resolution of each picture; 1 July 2020 and 10 m for each
 * pixel of the picture if they are unknown. {@code docs/models/olmoearth} turns the published
 * weights into ONNX.
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
   * @param path a directory with {@code image.onnx} and, if it is not v1 base, {@code model.json};
   *     or the ONNX file of v1 base itself
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
