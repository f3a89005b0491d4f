package io.earthembed.onnx;

/**
 * Ways to prepare the inputs of a model, for models of which two ways are in use. Queries must be
 * prepared like the inputs of the searched embeddings; {@code docs/guides/models.md} explains how
 * to tell which way an embedding was made.
 */
public enum Preprocessing {
  /** The way of the model's authors. */
  ORIGINAL,

  /**
   * The way of EarthEmbeddingExplorer for its 249 thousand embeddings and their queries:
   *
   * <ul>
   *   <li>SigLIP: pictures are normalised with CLIP's mean and standard deviation, resized to a
   *       shorter side of 384 pixels and cropped, not squashed; text keeps its capitals and
   *       punctuation. The reason: it names open_clip's weights by their file, and open_clip then
   *       uses its default settings.
   *   <li>DINOv2: pictures are divided by 255 twice and become nearly black. The reason: it passes
   *       floats in [0, 1] to an image processor that expects bytes.
   * </ul>
   */
  EXPLORER_249K
}
