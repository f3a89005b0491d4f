package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;

/**
 * Clay v1.5: pictures of ten bands in 1024 dimensions (the checkpoint {@code made-with-clay/Clay},
 * {@code v1.5/clay-v1.5.ckpt}). The network takes the time and the place of each picture; zeros if
 * they are unknown, as in Clay's training.
 *
 * <p>Takes rasters of all twelve bands and uses ten of them. {@code docs/models/clay} turns the
 * published weights into ONNX.
 */
public final class Clay {
  private Clay() {}

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
    return PublishedModel.CLAY.load(path, options);
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
