package io.earthembed.onnx;

/**
 * How a model's inputs are prepared, where two ways are in use. Queries must be prepared as the
 * embeddings were that they are compared with; {@code docs/guides/models.md} says how to tell.
 */
public enum Recipe {
  /** As the model's authors do. */
  ORIGINAL,

  /**
   * As EarthEmbeddingExplorer did for its 249 thousand embeddings and for the queries to them:
   *
   * <ul>
   *   <li>SigLIP: pictures are normalised with CLIP's mean and standard deviation, brought to a
   *       shorter side of 384 pixels and cut, not squashed; text keeps its capitals and
   *       punctuation. It names open_clip's weights by their file, and open_clip then takes its
   *       defaults.
   *   <li>DINOv2: pictures are divided by 255 twice, and so are nearly black. It hands floats in
   *       [0, 1] to an image processor that expects bytes.
   * </ul>
   */
  EXPLORER_249K
}
