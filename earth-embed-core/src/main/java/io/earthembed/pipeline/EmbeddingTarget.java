package io.earthembed.pipeline;

import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.TilePicture;
import io.earthembed.image.Raster;
import java.util.Objects;

/**
 * One of the sets of embeddings that a pass over the tiles makes.
 *
 * @param encoder encodes the crops; stays the caller's to close
 * @param picture which picture of a tile it takes
 * @param crops which squares of that picture
 * @param sink takes the embeddings
 */
public record EmbeddingTarget(
    Encoder<Raster> encoder, TilePicture picture, Crops crops, EmbeddingSink sink) {
  /** Checks its arguments. */
  public EmbeddingTarget {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(picture, "picture");
    Objects.requireNonNull(crops, "crops");
    Objects.requireNonNull(sink, "sink");
  }

  /** A model's pictures, as the model takes them. */
  public static EmbeddingTarget of(EmbeddingModel model, Crops crops, EmbeddingSink sink) {
    return new EmbeddingTarget(model.image(), model.picture(), crops, sink);
  }

  /**
   * How its embeddings are made.
   *
   * @param source where the tiles come from
   */
  EmbeddingOrigin origin(String source) {
    return new EmbeddingOrigin(
        encoder.model(), encoder.preparation(), picture + ", " + crops, source);
  }
}
