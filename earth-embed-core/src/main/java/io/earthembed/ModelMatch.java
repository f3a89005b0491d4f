package io.earthembed;

import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.internal.PlainText;
import java.util.List;
import java.util.stream.Collectors;

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
   *     preparation; a model may have another name there if {@link ModelAliases} tells which one
   */
  static void require(String name, EmbeddingOrigin origin, EmbeddingModel model) {
    if (!origin.model().equals(model.info())) requireAlias(name, origin, model);
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

  /** Fails unless the stored embeddings name the model as others do. */
  private static void requireAlias(String name, EmbeddingOrigin origin, EmbeddingModel model) {
    List<ModelInfo> meant = ModelAliases.of(origin.model());
    boolean told =
        !origin.preparation().isEmpty() && origin.preparation().equals(model.image().preparation());
    if (meant.contains(model.info()) && (meant.size() == 1 || told)) return;
    String alias =
        meant.isEmpty()
            ? ""
            : "; others mean by it "
                + meant.stream().map(ModelInfo::toString).collect(Collectors.joining(" or "));
    throw new IllegalArgumentException(
        PlainText.message(
            name
                + " was made by "
                + origin.model()
                + ", not by "
                + model.info()
                + alias
                + "; if these are two names of one model, open the dataset with the ModelInfo of"
                + " the second"));
  }
}
