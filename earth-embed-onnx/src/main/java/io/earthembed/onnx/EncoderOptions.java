package io.earthembed.onnx;

import io.earthembed.common.Device;
import io.earthembed.internal.Checks;

/**
 * Threads, batch size and device of encoders. Immutable and safe for many threads.
 *
 * @param threads threads that share the work of one call (ONNX Runtime's intra-op pool), at least 1
 *     (default one for each processor of the virtual machine); each tower has its own pool, which
 *     sleeps when idle
 * @param batchSize most inputs in one run of the network, at least 1 (default 64); larger batches
 *     need more memory
 * @param device device that runs the network (default {@link Device#auto}); inputs are always
 *     prepared on the CPU
 */
public record EncoderOptions(int threads, int batchSize, Device device) {
  /** Checks its arguments. */
  public EncoderOptions {
    Checks.positive("threads", threads);
    Checks.positive("batchSize", batchSize);
  }

  /** Creates options with {@link Device#auto}. */
  public EncoderOptions(int threads, int batchSize) {
    this(threads, batchSize, Device.auto());
  }

  /** Returns the defaults: a thread for each processor, batches of 64, {@link Device#auto}. */
  public static EncoderOptions defaults() {
    return new EncoderOptions(Runtime.getRuntime().availableProcessors(), 64);
  }

  /** Returns a copy with another number of threads. */
  public EncoderOptions withThreads(int number) {
    return new EncoderOptions(number, batchSize, device);
  }

  /** Returns a copy with another batch size. */
  public EncoderOptions withBatchSize(int number) {
    return new EncoderOptions(threads, number, device);
  }

  /** Returns a copy with another device. */
  public EncoderOptions withDevice(Device other) {
    return new EncoderOptions(threads, batchSize, other);
  }
}
