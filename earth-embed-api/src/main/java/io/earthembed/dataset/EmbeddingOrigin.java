package io.earthembed.dataset;

import io.earthembed.encoder.ModelInfo;
import java.util.Objects;

/**
 * Records how embeddings were made. Vectors with different models or preparations cannot be
 * compared. A text is empty if it is unknown.
 *
 * @param model name, version and dimension
 * @param preparation preparation of a picture ({@link io.earthembed.encoder.Encoder#preparation})
 * @param crops embedded pixels of a tile, for example {@code TRUE_COLOUR, centre 384}
 * @param source source of the tiles, for example the URL of their folder
 */
public record EmbeddingOrigin(ModelInfo model, String preparation, String crops, String source) {
  /** Checks its arguments. */
  public EmbeddingOrigin {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(preparation, "preparation");
    Objects.requireNonNull(crops, "crops");
    Objects.requireNonNull(source, "source");
  }

  /** Returns an origin that records only the model. */
  public static EmbeddingOrigin of(ModelInfo model) {
    return new EmbeddingOrigin(model, "", "", "");
  }

  /** Sets the preparation of a picture. */
  public EmbeddingOrigin withPreparation(String preparation) {
    return new EmbeddingOrigin(model, preparation, crops, source);
  }

  /** Sets the embedded pixels of a tile. */
  public EmbeddingOrigin withCrops(String crops) {
    return new EmbeddingOrigin(model, preparation, crops, source);
  }

  /** Sets the source of the tiles. */
  public EmbeddingOrigin withSource(String source) {
    return new EmbeddingOrigin(model, preparation, crops, source);
  }

  /**
   * Returns whether one dataset may hold embeddings of both origins; their sources are not
   * compared.
   */
  public boolean agreesWith(EmbeddingOrigin other) {
    return model.equals(other.model)
        && agree(preparation, other.preparation)
        && agree(crops, other.crops);
  }

  /** Returns the origin that combines the texts of both; of two different texts, this origin's. */
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
