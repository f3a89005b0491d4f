package io.earthembed.dataset;

import io.earthembed.encoder.ModelInfo;
import java.util.Objects;

/**
 * How embeddings were made. Vectors that differ in any of the first two cannot be compared. Texts
 * are empty where something is not known.
 *
 * @param model name, version and dimension
 * @param preparation what the encoder does to a picture, as {@link
 *     io.earthembed.encoder.Encoder#preparation} tells it
 * @param crops which pixels of a tile it was given, for example {@code TRUE_COLOUR, centre 384}
 * @param source where the tiles came from, for example the URL of their folder
 */
public record EmbeddingOrigin(ModelInfo model, String preparation, String crops, String source) {
  /** Checks its arguments. */
  public EmbeddingOrigin {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(preparation, "preparation");
    Objects.requireNonNull(crops, "crops");
    Objects.requireNonNull(source, "source");
  }

  /** Returns an origin of which only the model is known. */
  public static EmbeddingOrigin of(ModelInfo model) {
    return new EmbeddingOrigin(model, "", "", "");
  }

  /** Whether embeddings of two origins may lie in one dataset, wherever their tiles came from. */
  public boolean agreesWith(EmbeddingOrigin other) {
    return model.equals(other.model)
        && agree(preparation, other.preparation)
        && agree(crops, other.crops);
  }

  /** What is known of both: of texts that differ, the first. */
  public EmbeddingOrigin joinedWith(EmbeddingOrigin other) {
    return new EmbeddingOrigin(
        model,
        preparation.isEmpty() ? other.preparation : preparation,
        crops.isEmpty() ? other.crops : crops,
        source.isEmpty() ? other.source : source);
  }

  private static boolean agree(String one, String other) {
    return one.isEmpty() || other.isEmpty() || one.equals(other);
  }

  @Override
  public String toString() {
    return model
        + (crops.isEmpty() ? "" : " of " + crops)
        + (preparation.isEmpty() ? "" : ", prepared by \"" + preparation + "\"");
  }
}
