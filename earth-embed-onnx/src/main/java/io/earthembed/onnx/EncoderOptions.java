package io.earthembed.onnx;

/**
 * How encoders use the machine. Immutable.
 *
 * @param threads threads that share the work of one call, at least 1; each tower has its own
 * @param batchSize inputs that go through the network at once, at least 1; more need more memory
 */
public record EncoderOptions(int threads, int batchSize) {
  /** Checks its arguments. */
  public EncoderOptions {
    if (threads < 1) throw new IllegalArgumentException("threads must be positive: " + threads);
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be positive: " + batchSize);
    }
  }

  /** One thread for each processor that the virtual machine may use, batches of 64. */
  public static EncoderOptions defaults() {
    return new EncoderOptions(Runtime.getRuntime().availableProcessors(), 64);
  }

  /** The same with another number of threads. */
  public EncoderOptions withThreads(int number) {
    return new EncoderOptions(number, batchSize);
  }

  /** The same with another batch size. */
  public EncoderOptions withBatchSize(int number) {
    return new EncoderOptions(threads, number);
  }
}
