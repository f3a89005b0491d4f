package io.earthembed.encoder;

import io.earthembed.vector.Vectors;
import java.util.List;

/**
 * Turns inputs of one kind into embeddings of one model: {@code Encoder<Raster>} pictures, {@code
 * Encoder<String>} text, {@code Encoder<GeoPoint>} places.
 *
 * <p>Implementations are safe for use by many threads at once. The same input gives the same
 * embedding whatever else is in its batch, within float32 rounding (1e-5 per component).
 *
 * @param <T> what is encoded
 */
public interface Encoder<T> extends AutoCloseable {
  /** The model this encoder is a tower of. */
  ModelInfo model();

  /**
   * What is done to an input before the network sees it, in one line that is equal for equal
   * preparation; empty where the encoder does not tell. It goes with the embeddings it makes, so
   * that they are not searched with queries that were prepared in another way.
   */
  default String preparation() {
    return "";
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
