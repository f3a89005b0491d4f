package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Clay v1.5: pictures of ten bands in 1024 dimensions (the checkpoint {@code made-with-clay/Clay},
 * {@code v1.5/clay-v1.5.ckpt}), with neither time nor place told, as in EarthEmbeddingExplorer.
 *
 * <p>Takes rasters of all twelve bands and picks its ten. {@code docs/models/clay} turns the
 * published weights into ONNX.
 */
public final class Clay {
  private Clay() {}

  /** {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load(Path path) {
    return load(path, EncoderOptions.defaults());
  }

  /**
   * Loads it.
   *
   * @param path a directory of {@code image.onnx} and, where it departs from the published model,
   *     {@code model.json}; or the ONNX file itself
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws io.earthembed.common.EarthEmbedException naming the file that is missing, unreadable,
   *     damaged or not of this model
   */
  public static EmbeddingModel load(Path path, EncoderOptions options) {
    return ReadyModel.CLAY.load(path, UnaryOperator.identity(), options);
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
