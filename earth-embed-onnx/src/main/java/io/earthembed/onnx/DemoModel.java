package io.earthembed.onnx;

import io.earthembed.encoder.EmbeddingModel;

/**
 * A small model in the jar, for trying the library without a download. It was trained on Sentinel-2
 * true-colour pictures of thirteen land covers and the words for them. It is for demonstrations and
 * tests, and does not replace a model of full size. {@code docs/models/demo} describes its
 * training, its data and how well it searches.
 */
public final class DemoModel {
  private DemoModel() {}

  /** Calls {@link #load(EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load() {
    return load(EncoderOptions.defaults());
  }

  /**
   * Loads the model's three towers: pictures, text and places.
   *
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   */
  public static EmbeddingModel load(EncoderOptions options) {
    ModelFiles files = ModelFiles.onClassPath(DemoModel.class, "demo");
    return OnnxEncoders.load(files, DescriptionReader.read(files), options);
  }
}
