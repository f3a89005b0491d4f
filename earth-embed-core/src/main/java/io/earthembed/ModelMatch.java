package io.earthembed;

import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.internal.PlainText;

/** Checks that queries are encoded by the model that made the stored embeddings. */
final class ModelMatch {
  private ModelMatch() {}

  /**
   * Fails unless a model's vectors can be compared with stored ones.
   *
   * @param name names the stored embeddings in the message
   * @param origin how they were made
   * @param model encodes the queries
   * @throws IllegalArgumentException if another model made them, or the same model with another
   *     preparation
   */
  static void require(String name, EmbeddingOrigin origin, EmbeddingModel model) {
    if (!origin.model().equals(model.info())) {
      throw new IllegalArgumentException(
          PlainText.message(name + " was made by " + origin.model() + ", not by " + model.info()));
    }
    String stored = origin.preparation();
    String queried = model.image().preparation();
    // An empty text is unknown.
    if (!stored.isEmpty() && !queried.isEmpty() && !stored.equals(queried)) {
      throw new IllegalArgumentException(
          PlainText.message(
              name
                  + " was made by "
                  + origin.model()
                  + " of pictures prepared by \""
                  + stored
                  + "\"; this one prepares them by \""
                  + queried
                  + "\""));
    }
  }
}
