package io.earthembed.encoder;

import io.earthembed.image.Raster;
import java.util.Objects;

/**
 * A picture and a text that a model encodes as one input. Immutable and safe for many threads.
 *
 * @param image the model's kind of picture ({@link EmbeddingModel#picture})
 * @param text the text; if it is empty, the picture is encoded as if alone
 */
public record ImageText(Raster image, String text) {
  /** Checks its arguments. */
  public ImageText {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(text, "text");
  }
}
