package io.earthembed.encoder;

import io.earthembed.internal.Checks;
import io.earthembed.vector.Vectors;
import java.util.Objects;

/**
 * Identifies the model that made an embedding. Vectors may be compared only if their ModelInfo is
 * equal.
 *
 * @param name for example {@code SigLIP} or {@code earth-embed-demo-s2}
 * @param version the checkpoint or release, not empty
 * @param dimension length of an embedding, in [1, {@link Vectors#MAX_DIMENSION}]
 */
public record ModelInfo(String name, String version, int dimension) {
  /** Checks its arguments. */
  public ModelInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(version, "version");
    if (name.isBlank()) throw new IllegalArgumentException("name is blank");
    if (version.isBlank()) throw new IllegalArgumentException("version is blank");
    Checks.positive("dimension", dimension);
    if (dimension > Vectors.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "dimension beyond " + Vectors.MAX_DIMENSION + ": " + dimension);
    }
  }

  /** Returns the model's name in labels: {@code earth-embed-demo-s2 1}. */
  public String nameAndVersion() {
    return name + " " + version;
  }

  @Override
  public String toString() {
    return nameAndVersion() + " (" + dimension + "-d)";
  }
}
