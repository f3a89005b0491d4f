package io.earthembed.encoder;

import io.earthembed.vector.Vectors;
import java.util.List;

/**
 * Turns inputs of one kind into embeddings of one model. {@code Encoder<Raster>} encodes pictures,
 * {@code Encoder<String>} texts, {@code Encoder<GeoPoint>} places, and {@code Encoder<ImageText>}
 * pictures with texts.
 *
 * <p>Implementations are safe for many threads. An input's embedding does not depend on the rest of
 * its batch, within float32 rounding (1e-5 per component).
 *
 * @param <T> the type of an input
 */
public interface Encoder<T> extends AutoCloseable {
  /** Returns the model to which this encoder belongs. */
  ModelInfo model();

  /**
   * Describes in one line how the encoder prepares an input for the network. Equal lines mean equal
   * preparation; the line is empty if the preparation is unknown (default empty). It includes what
   * the encoder asks for besides pixels, and what it assumes of unknown values. Datasets store it
   * beside their embeddings, so that queries prepared in another way are refused.
   */
  default String preparation() {
    return "";
  }

  /**
   * Returns what {@link #encode} assumes of an input because it is unknown, for example {@code time
   * unknown: zeros}. Empty if the encoder asks for nothing that the input lacks (default empty).
   *
   * @param input not null
   */
  default List<String> assumptions(T input) {
    return List.of();
  }

  /**
   * Encodes a batch.
   *
   * @param inputs any number of inputs, none null; empty gives an empty matrix
   * @return [inputs.size(), dimension] float32, each row L2-normalised
   * @throws IllegalArgumentException if an input cannot be encoded, naming its position
   * @throws IllegalStateException after {@link #close}
   */
  Vectors encode(List<? extends T> inputs);

  /**
   * Encodes one input.
   *
   * @param input not null
   * @return its embedding, L2-normalised, length {@code model().dimension()}
   */
  default float[] encode(T input) {
    return encode(List.of(input)).row(0);
  }

  /** Frees native memory. Waits for running calls; closing twice is harmless. */
  @Override
  void close();
}
