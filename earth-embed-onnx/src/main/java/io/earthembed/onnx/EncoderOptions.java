package io.earthembed.onnx;

import io.earthembed.common.Device;

/**
 * How encoders use the machine. Immutable.
 *
 * @param threads threads that share the work of one call (ONNX Runtime's intra-op pool), at least
 *     1; each tower has its own, and they sleep when idle
 * @param batchSize inputs that go through the network at once, at least 1; more need more memory
 * @param device what the network runs on; inputs are always prepared on the CPU
 */
public record EncoderOptions(int threads, int batchSize, Device device) {
  /** Checks its arguments. */
  public EncoderOptions {
    if (threads < 1) throw new IllegalArgumentException("threads must be positive: " + threads);
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be positive: " + batchSize);
    }
  }

  /** On whatever {@link Device#auto} finds. */
  public EncoderOptions(int threads, int batchSize) {
    this(threads, batchSize, Device.auto());
  }

  /** One thread for each processor that the virtual machine may use, batches of 64. */
  public static EncoderOptions defaults() {
    return new EncoderOptions(Runtime.getRuntime().availableProcessors(), 64);
  }

  /** The same with another number of threads. */
  public EncoderOptions withThreads(int number) {
    return new EncoderOptions(number, batchSize, device);
  }

  /** The same with another batch size. */
  public EncoderOptions withBatchSize(int number) {
    return new EncoderOptions(threads, number, device);
  }

  /** The same on another device. */
  public EncoderOptions withDevice(Device other) {
    return new EncoderOptions(threads, batchSize, other);
  }
}
