package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;

/**
 * The small model that comes in the jar, so that everything can be tried without a download. It
 * knows Sentinel-2 true-colour pictures of thirteen land covers, and the words for them; it is for
 * demonstrations and tests, and no match for a model of full size. How it was trained, on what, and
 * how well it searches is told in {@code docs/models/demo}.
 */
public final class DemoModel {
  private DemoModel() {}

  /** {@link #load(EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load() {
    return load(EncoderOptions.defaults());
  }

  /**
   * Loads its three towers: pictures, text and places.
   *
   * @param options device, threads and batch size
   * @return a model, to be closed; safe for many threads
   */
  public static EmbeddingModel load(EncoderOptions options) {
    ModelFiles files = ModelFiles.onClassPath(DemoModel.class, "demo");
    return OnnxEncoders.load(files, DescriptionReader.read(files), options);
  }
}
