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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the input tensors of one tower, on as many processors as the encoder may use. Reuses its
 * buffers. Safe for many threads.
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
  Batch start(List<T> inputs, int from, int count) {
    Batch batch = new Batch(() -> prepare(inputs, from, count));
    if (threads > 1) Processors.offer(batch);
    return batch;
  }

  /**
   * Prepares a batch.
   *
   * @return the samples in a direct buffer, to be passed to {@link #release}
   * @throws IllegalArgumentException for the first refused input, naming its position
   */
  ByteBuffer prepare(List<T> inputs, int from, int count) {
    int bytes = preparation.tensor().sampleBytes();
    ByteBuffer samples = acquire(count * bytes);
    @Nullable RuntimeException[] faults = new RuntimeException[count];
    // Kept and thrown below, so that the first input's fault wins, whichever thread is first.
    Processors.forEach(
        count,
        threads,
        i -> {
          try {
            ByteBuffer target = samples.slice(i * bytes, bytes).order(ByteOrder.nativeOrder());
            preparation.write(inputs.get(from + i), target);
          } catch (RuntimeException e) {
            faults[i] = e;
          }
        });
    for (int i = 0; i < count; i++) {
      RuntimeException fault = faults[i];
      if (fault == null) continue;
      release(samples);
      throw fault instanceof IllegalArgumentException e ? refused(from + i, e) : fault;
    }
    return samples;
  }

  static IllegalArgumentException refused(int position, IllegalArgumentException e) {
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
