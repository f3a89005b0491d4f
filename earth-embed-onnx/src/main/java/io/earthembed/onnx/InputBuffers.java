package io.earthembed.onnx;

import io.earthembed.base.thread.Processors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Checks inputs and writes the samples of one tower, on as many processors as the encoder may use.
 * Reuses its buffers. Safe for many threads.
 *
 * @param <T> type of the inputs
 */
final class InputBuffers<T> {
  /** Buffers of one call: one in the network, one being prepared. */
  private static final int KEPT = 2;

  private final Preparation<T> preparation;
  private final int threads;
  private final Deque<ByteBuffer> free = new ArrayDeque<>();

  InputBuffers(Preparation<T> preparation, int threads) {
    this.preparation = preparation;
    this.threads = threads;
  }

  /**
   * Inputs of one run of the network.
   *
   * @param samples the inputs of the call, checked
   * @param positions positions of the run's inputs
   * @param paddedLength length that they are written with
   */
  record Rows(List<Preparation.Sample> samples, int[] positions, int paddedLength) {}

  /** A batch that an idle thread prepares, or else the caller of {@link #join}. */
  static final class Batch implements Runnable {
    private final Supplier<ByteBuffer> work;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<ByteBuffer> samples = new CompletableFuture<>();

    private Batch(Supplier<ByteBuffer> work) {
      this.work = work;
    }

    @Override
    public void run() {
      if (begun.getAndSet(true)) return;
      try {
        samples.complete(work.get());
      } catch (RuntimeException | Error e) {
        samples.completeExceptionally(e);
      }
    }

    /**
     * Returns the samples, or throws the failure. Never waits for an idle thread: the caller
     * prepares the batch if no thread has begun.
     */
    ByteBuffer join() {
      run();
      try {
        return samples.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException fault) throw fault;
        if (e.getCause() instanceof Error fault) throw fault;
        throw e;
      }
    }

    /** Cancels the batch if it has not begun; otherwise waits for its end. */
    void drop() {
      if (begun.getAndSet(true)) samples.handle((made, fault) -> fault == null).join();
    }
  }

  /** Starts a batch in another thread; with one thread, leaves it to {@link Batch#join}. */
  Batch start(Rows rows) {
    Batch batch = new Batch(() -> prepare(rows));
    if (threads > 1) Processors.offer(batch);
    return batch;
  }

  /**
   * Checks the inputs of a call.
   *
   * @throws IllegalArgumentException for the first refused input, naming its position
   */
  List<Preparation.Sample> check(List<? extends T> inputs) {
    Preparation.Sample[] samples = new Preparation.Sample[inputs.size()];
    forEach(
        IntStream.range(0, samples.length).toArray(),
        i -> samples[i] = preparation.sample(inputs.get(i)));
    return List.of(samples);
  }

  /**
   * Prepares a batch.
   *
   * @return the samples in a direct buffer, to be passed to {@link #release}
   * @throws IllegalArgumentException for the first refused input, naming its position
   */
  ByteBuffer prepare(Rows rows) {
    int bytes = preparation.sampleBytes(rows.paddedLength());
    int[] positions = rows.positions();
    ByteBuffer samples = acquire(positions.length * bytes);
    try {
      forEach(
          positions,
          i ->
              rows.samples()
                  .get(positions[i])
                  .write(samples.slice(i * bytes, bytes).order(ByteOrder.nativeOrder())));
      return samples;
    } catch (RuntimeException | Error e) {
      release(samples);
      throw e;
    }
  }

  /** Works on each index of the positions; throws the fault of the first, whichever came first. */
  private void forEach(int[] positions, IntConsumer work) {
    @Nullable RuntimeException[] faults = new RuntimeException[positions.length];
    Processors.forEach(
        positions.length,
        threads,
        i -> {
          try {
            work.accept(i);
          } catch (RuntimeException e) {
            faults[i] = e;
          }
        });
    for (int i = 0; i < faults.length; i++) {
      RuntimeException fault = faults[i];
      if (fault == null) continue;
      throw fault instanceof IllegalArgumentException e ? refused(positions[i], e) : fault;
    }
  }

  private static IllegalArgumentException refused(int position, IllegalArgumentException e) {
    return new IllegalArgumentException("inputs[" + position + "]: " + e.getMessage(), e);
  }

  private ByteBuffer acquire(int bytes) {
    synchronized (free) {
      ByteBuffer used = free.poll();
      if (used != null && used.capacity() >= bytes) return used.clear().limit(bytes);
    }
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Returns a buffer for use by the next batch. */
  void release(ByteBuffer samples) {
    synchronized (free) {
      if (free.size() < KEPT) free.push(samples);
    }
  }
}
