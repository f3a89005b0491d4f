package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One tower: inputs are prepared into direct buffers, the network writes its embeddings straight
 * into the matrix that is returned, and there they are normalised. Calls of several threads share
 * runs of the network where they meet. A call ends between its batches when its thread is
 * interrupted.
 *
 * @param <T> what is encoded
 */
final class OnnxEncoder<T> implements Encoder<T> {
  private final ModelInfo model;
  private final Preparation<T> preparation;
  private final Batches<T> batches;
  private final Network network;
  private final Turns turns;
  private final int batchSize;
  private final Lifetime lifetime;

  /**
   * @param resources what this encoder closes, the network among it
   */
  OnnxEncoder(
      ModelInfo model,
      Preparation<T> preparation,
      Network network,
      EncoderOptions options,
      List<? extends AutoCloseable> resources) {
    this.model = model;
    this.preparation = preparation;
    this.network = network;
    this.batches = new Batches<>(preparation, options.threads());
    this.batchSize =
        Math.min(options.batchSize(), Integer.MAX_VALUE / preparation.tensor().sampleBytes());
    // As many runs at once as keep the processors busy, and one that is being woken or prepared;
    // what comes meanwhile is run together.
    int processors = Runtime.getRuntime().availableProcessors();
    int atOnce = 1 + Math.max(1, processors / options.threads());
    this.turns = new Turns(network::run, batchSize, atOnce);
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
        throw Batches.refused(i, e);
      }
    }
    return lifetime.use(() -> encodeChecked(checked));
  }

  private Vectors encodeChecked(List<T> inputs) {
    Vectors vectors = Vectors.allocate(inputs.size(), model.dimension());
    int rowsPerChunk = vectors.rowsPerChunk();
    Batches.Batch next = null;
    try {
      for (int from = 0; from < inputs.size(); ) {
        if (from > 0 && Thread.currentThread().isInterrupted()) {
          throw new EarthEmbedException(
              "interrupted after " + from + " of " + inputs.size() + " inputs");
        }
        int count = count(from, inputs.size(), rowsPerChunk);
        ByteBuffer samples = next == null ? batches.prepare(inputs, from, count) : next.join();
        int after = from + count;
        // The next batch is prepared while this one is in the network.
        next =
            after < inputs.size()
                ? batches.start(inputs, after, count(after, inputs.size(), rowsPerChunk))
                : null;
        FloatBuffer embeddings =
            vectors
                .chunk(from / rowsPerChunk)
                .slice(from % rowsPerChunk * model.dimension(), count * model.dimension());
        try {
          turns.run(samples, count, embeddings);
        } finally {
          batches.giveBack(samples);
        }
        normalize(embeddings, from);
        from = after;
      }
    } finally {
      // What was begun may still read native memory, which may be freed once this call is over.
      if (next != null) next.drop();
    }
    return vectors;
  }

  private int count(int from, int inputs, int rowsPerChunk) {
    return Math.min(Math.min(batchSize, inputs - from), rowsPerChunk - from % rowsPerChunk);
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
