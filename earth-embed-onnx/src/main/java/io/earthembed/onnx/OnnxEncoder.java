package io.earthembed.onnx;

import io.earthembed.base.thread.Lifetime;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One tower of a model. Inputs are prepared in direct buffers. The network writes its embeddings
 * into the returned matrix, where they are normalised. Concurrent calls share runs of the network.
 * A call whose thread is interrupted ends between two buffers. Safe for many threads.
 *
 * @param <T> type of the inputs
 */
final class OnnxEncoder<T> implements Encoder<T> {
  private final ModelInfo model;
  private final Preparation<T> preparation;
  private final InputBuffers<T> buffers;
  private final Network network;
  private final RequestBatcher batcher;
  private final int batchSize;
  private final Lifetime lifetime;

  /**
   * @param resources resources that this encoder closes, including the network
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
    this.buffers = new InputBuffers<>(preparation, options.threads());
    this.batchSize =
        Math.min(options.batchSize(), Integer.MAX_VALUE / preparation.tensor().sampleBytes());
    // Enough concurrent runs to fill the CPUs, plus one that is being woken or prepared. Requests
    // that arrive meanwhile share a run.
    int processors = Runtime.getRuntime().availableProcessors();
    int concurrentRuns = 1 + Math.max(1, processors / options.threads());
    this.batcher = new RequestBatcher(network::run, batchSize, concurrentRuns);
    this.lifetime =
        Lifetime.cleaned(
            network.file(), new NativeResources(network.file(), List.copyOf(resources)));
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
        throw InputBuffers.refused(i, e);
      }
    }
    try (Lifetime.Scope open = lifetime.use()) {
      return encodeChecked(checked);
    }
  }

  private Vectors encodeChecked(List<T> inputs) {
    Vectors vectors = Vectors.allocate(inputs.size(), model.dimension());
    int rowsPerChunk = vectors.rowsPerChunk();
    InputBuffers.Batch next = null;
    try {
      for (int from = 0; from < inputs.size(); ) {
        if (from > 0 && Thread.currentThread().isInterrupted()) {
          throw new EarthEmbedException(
              "interrupted after " + from + " of " + inputs.size() + " inputs");
        }
        int count = count(from, inputs.size(), rowsPerChunk);
        ByteBuffer samples = next == null ? buffers.prepare(inputs, from, count) : next.join();
        int after = from + count;
        // Prepare the next batch while the network runs this one.
        next =
            after < inputs.size()
                ? buffers.start(inputs, after, count(after, inputs.size(), rowsPerChunk))
                : null;
        FloatBuffer embeddings =
            vectors
                .chunk(from / rowsPerChunk)
                .slice(from % rowsPerChunk * model.dimension(), count * model.dimension());
        try {
          batcher.run(samples, count, embeddings);
        } finally {
          buffers.release(samples);
        }
        normalize(embeddings, from);
        from = after;
      }
    } finally {
      // A started batch may still read native memory, which may be freed after this call.
      if (next != null) next.drop();
    }
    return vectors;
  }

  private int count(int from, int inputs, int rowsPerChunk) {
    return Math.min(Math.min(batchSize, inputs - from), rowsPerChunk - from % rowsPerChunk);
  }

  /** Divides each row by its length; fails if the length is zero or not finite. */
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
