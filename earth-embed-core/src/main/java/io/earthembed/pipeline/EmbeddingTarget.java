package io.earthembed.pipeline;

import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.TilePicture;
import io.earthembed.image.Raster;
import java.util.Objects;

/**
 * One set of embeddings that a pass over the tiles makes.
 *
 * @param encoder encodes the crops; the caller closes it
 * @param picture picture of a tile that the encoder takes
 * @param crops squares to cut from that picture
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

  /** Returns a target for a model, with the picture that the model encodes. */
  public static EmbeddingTarget of(EmbeddingModel model, Crops crops, EmbeddingSink sink) {
    return new EmbeddingTarget(model.image(), model.picture(), crops, sink);
  }

  /**
   * Returns the origin of this target's embeddings, as its sink records it.
   *
   * @param source source of the tiles; empty if unknown
   */
  public EmbeddingOrigin origin(String source) {
    return new EmbeddingOrigin(encoder.model(), encoder.preparation(), embeddedPixels(), source);
  }

  /**
   * Describes the embedded pixels of a tile, for example {@code TRUE_COLOUR, centre 384}. Its
   * spelling never changes, because datasets store this description, and the checksums of parts
   * include it.
   */
  String embeddedPixels() {
    String stored =
        switch (picture) {
          case TRUE_COLOR -> "TRUE_COLOUR";
          case MAJORTOM_COLOR -> "MAJORTOM_COLOUR";
          case THUMBNAIL, ALL_BANDS -> picture.name();
        };
    return stored + ", " + crops;
  }
}
