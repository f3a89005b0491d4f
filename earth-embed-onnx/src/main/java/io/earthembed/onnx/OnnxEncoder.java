package io.earthembed.onnx;

import io.earthembed.EarthEmbedException;
import io.earthembed.Encoder;
import io.earthembed.ModelInfo;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One tower: inputs are prepared into a direct buffer, the network writes its embeddings straight
 * into the matrix that is returned, and there they are normalised.
 *
 * @param <T> what is encoded
 */
final class OnnxEncoder<T> implements Encoder<T> {
  private final ModelInfo model;
  private final Preparation<T> preparation;
  private final Network network;
  private final int batchSize;
  private final Lifetime lifetime;

  /**
   * @param resources what this encoder closes, the network among it
   */
  OnnxEncoder(
      ModelInfo model,
      Preparation<T> preparation,
      Network network,
      int batchSize,
      List<? extends AutoCloseable> resources) {
    this.model = model;
    this.preparation = preparation;
    this.network = network;
    this.batchSize = Math.min(batchSize, Integer.MAX_VALUE / preparation.tensor().sampleBytes());
    this.lifetime = new Lifetime(network.file(), resources);
  }

  @Override
  public ModelInfo model() {
    return model;
  }

  @Override
  public String preparation() {
    return preparation.describe();
  }

  @Override
  public Vectors encode(List<? extends T> inputs) {
    List<T> checked = new ArrayList<>(inputs);
    for (int i = 0; i < checked.size(); i++) {
      T input = checked.get(i);
      if (input == null) throw new IllegalArgumentException("inputs[" + i + "] is null");
      try {
        preparation.check(input);
      } catch (IllegalArgumentException e) {
        throw refused(i, e);
      }
    }
    return lifetime.use(() -> encodeChecked(checked));
  }

  private static IllegalArgumentException refused(int position, IllegalArgumentException e) {
    return new IllegalArgumentException("inputs[" + position + "]: " + e.getMessage(), e);
  }

  private Vectors encodeChecked(List<T> inputs) {
    Vectors vectors = Vectors.allocate(inputs.size(), model.dimension());
    int rowsPerChunk = vectors.rowsPerChunk();
    int largest = Math.min(batchSize, inputs.size());
    ByteBuffer samples =
        ByteBuffer.allocateDirect(largest * preparation.tensor().sampleBytes())
            .order(ByteOrder.nativeOrder());
    for (int from = 0; from < inputs.size(); ) {
      int inChunk = from % rowsPerChunk;
      int count = Math.min(Math.min(largest, inputs.size() - from), rowsPerChunk - inChunk);
      samples.clear();
      for (int i = from; i < from + count; i++) {
        try {
          preparation.write(inputs.get(i), samples);
        } catch (IllegalArgumentException e) {
          throw refused(i, e);
        }
      }
      FloatBuffer embeddings =
          vectors
              .chunk(from / rowsPerChunk)
              .slice(inChunk * model.dimension(), count * model.dimension());
      network.run(samples.flip(), count, embeddings);
      normalize(embeddings, from);
      from += count;
    }
    return vectors;
  }

  /** Divides each row by its length, and fails where it has none. */
  private void normalize(FloatBuffer rows, int position) {
    int dimension = model.dimension();
    for (int row = 0; row < rows.limit(); row += dimension) {
      double sum = 0;
      for (int i = row; i < row + dimension; i++) sum += (double) rows.get(i) * rows.get(i);
      if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
        throw new EarthEmbedException(
            network.file()
                + ": no direction in the embedding of inputs["
                + (position + row / dimension)
                + "], whose squared length is "
                + sum);
      }
      double scale = 1 / Math.sqrt(sum);
      for (int i = row; i < row + dimension; i++) rows.put(i, (float) (rows.get(i) * scale));
    }
  }

  @Override
  public void close() {
    lifetime.close();
  }

  @Override
  public String toString() {
    return "OnnxEncoder[" + network.file() + "]";
  }
}
