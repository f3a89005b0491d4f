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
   *   <li>SigLIP: text keeps its capitals and punctuation.
   *   <li>DINOv2: pictures are divided by 255 twice, and so are nearly black.
   * </ul>
   */
  EXPLORER_249K
}
