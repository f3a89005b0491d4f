package io.earthembed.onnx;

import io.earthembed.base.thread.Lifetime;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One tower of a model. Inputs are prepared in direct buffers. The network writes its embeddings
 * into the returned matrix, where they are normalised. Concurrent calls share runs of the network.
 * Inputs of similar length share a run, if their length matters. A call whose thread is interrupted
 * ends between two buffers. Safe for many threads.
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
    this.batchSize = network.batchSize(options.batchSize());
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
  public List<String> assumptions(T input) {
    return preparation.assumptions(input);
  }

  @Override
  public Vectors encode(List<? extends T> inputs) {
    List<T> given = new ArrayList<>(inputs);
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i) == null) throw new IllegalArgumentException("inputs[" + i + "] is null");
    }
    try (Lifetime.Scope open = lifetime.use()) {
      return encodeChecked(buffers.check(given));
    }
  }

  private Vectors encodeChecked(List<Preparation.Sample> samples) {
    Vectors vectors = Vectors.allocate(samples.size(), model.dimension());
    Deque<InputBuffers.Rows> runs = runs(samples, vectors.rowsPerChunk());
    InputBuffers.Batch next = null;
    int done = 0;
    try {
      while (!runs.isEmpty()) {
        if (done > 0 && Thread.currentThread().isInterrupted()) {
          throw new EarthEmbedException(
              "interrupted after " + done + " of " + samples.size() + " inputs");
        }
        InputBuffers.Rows rows = runs.removeFirst();
        ByteBuffer prepared = next == null ? buffers.prepare(rows) : next.join();
        // Prepare the next batch while the network runs this one.
        next = runs.isEmpty() ? null : buffers.start(runs.getFirst());
        try {
          run(prepared, rows.positions(), vectors);
        } finally {
          buffers.release(prepared);
        }
        done += rows.positions().length;
      }
    } finally {
      // A started batch may still read native memory, which may be freed after this call.
      if (next != null) next.drop();
    }
    return vectors;
  }

  /** Divides the samples into runs: of one padded length each, and consecutive if all have one. */
  private Deque<InputBuffers.Rows> runs(List<Preparation.Sample> samples, int rowsPerChunk) {
    Map<Integer, List<Integer>> byLength = new TreeMap<>();
    for (int i = 0; i < samples.size(); i++) {
      int length = preparation.paddedLength(samples.get(i).length());
      byLength.computeIfAbsent(length, any -> new ArrayList<>()).add(i);
    }
    Deque<InputBuffers.Rows> runs = new ArrayDeque<>();
    byLength.forEach(
        (length, positions) -> {
          int most = Math.min(batchSize, Integer.MAX_VALUE / preparation.sampleBytes(length));
          for (int from = 0; from < positions.size(); ) {
            // A run of consecutive rows must not span two chunks of the matrix.
            int left = rowsPerChunk - positions.get(from) % rowsPerChunk;
            int to = Math.min(positions.size(), from + Math.min(most, left));
            int[] run = positions.subList(from, to).stream().mapToInt(i -> i).toArray();
            runs.add(new InputBuffers.Rows(samples, run, length));
            from = to;
          }
        });
    return runs;
  }

  private void run(ByteBuffer samples, int[] positions, Vectors vectors) {
    int count = positions.length;
    int dimension = model.dimension();
    int first = positions[0];
    if (positions[count - 1] == first + count - 1) {
      int inChunk = first % vectors.rowsPerChunk();
      FloatBuffer embeddings =
          vectors
              .chunk(first / vectors.rowsPerChunk())
              .slice(inChunk * dimension, count * dimension);
      batcher.run(samples, count, embeddings);
      normalize(embeddings, positions);
      return;
    }
    FloatBuffer embeddings =
        ByteBuffer.allocateDirect(count * dimension * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    batcher.run(samples, count, embeddings);
    normalize(embeddings, positions);
    float[] row = new float[dimension];
    for (int i = 0; i < count; i++) {
      embeddings.get(i * dimension, row);
      vectors.set(positions[i], row);
    }
  }

  /** Divides each row by its length; fails if the length is zero or not finite. */
  private void normalize(FloatBuffer rows, int[] positions) {
    int dimension = model.dimension();
    for (int row = 0; row < rows.limit(); row += dimension) {
      double sum = 0;
      for (int i = row; i < row + dimension; i++) sum += (double) rows.get(i) * rows.get(i);
      if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
        throw new EarthEmbedException(
            network.file()
                + ": no direction in the embedding of inputs["
                + positions[row / dimension]
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
