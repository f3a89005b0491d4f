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
 * The input tensors of one tower: prepared on as many processors as the encoder may use, and in
 * buffers that are used again. Safe for many threads.
 *
 * @param <T> what is prepared
 */
final class Batches<T> {
  /** Two for a call under way: one in the network, one being prepared. */
  private static final int KEPT = 2;

  private final Preparation<T> preparation;
  private final int threads;
  private final Deque<ByteBuffer> free = new ArrayDeque<>();

  Batches(Preparation<T> preparation, int threads) {
    this.preparation = preparation;
    this.threads = threads;
  }

  /** A batch that is prepared by another thread if one is idle, or else by who asks for it. */
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
     * Its samples, or what it threw. Never waits for a thread to be free: who asks prepares it, if
     * nobody has begun.
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

    /** Keeps it from beginning, or waits for its end. */
    void drop() {
      if (begun.getAndSet(true)) samples.handle((made, fault) -> fault == null).join();
    }
  }

  /** Starts a batch, beside the caller where there is more than one thread. */
  Batch start(List<T> inputs, int from, int count) {
    Batch batch = new Batch(() -> prepare(inputs, from, count));
    if (threads > 1) Processors.offer(batch);
    return batch;
  }

  /**
   * Prepares a batch.
   *
   * @return its samples, direct, to be given back
   * @throws IllegalArgumentException of the first input that is refused, naming its position
   */
  ByteBuffer prepare(List<T> inputs, int from, int count) {
    int bytes = preparation.tensor().sampleBytes();
    ByteBuffer samples = take(count * bytes);
    @Nullable RuntimeException[] faults = new RuntimeException[count];
    // In order of the inputs whichever thread comes first, hence kept and not thrown there.
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
      giveBack(samples);
      throw fault instanceof IllegalArgumentException e ? refused(from + i, e) : fault;
    }
    return samples;
  }

  static IllegalArgumentException refused(int position, IllegalArgumentException e) {
    return new IllegalArgumentException("inputs[" + position + "]: " + e.getMessage(), e);
  }

  private ByteBuffer take(int bytes) {
    synchronized (free) {
      ByteBuffer used = free.poll();
      if (used != null && used.capacity() >= bytes) return used.clear().limit(bytes);
    }
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Makes a buffer available to the next batch. */
  void giveBack(ByteBuffer samples) {
    synchronized (free) {
      if (free.size() < KEPT) free.push(samples);
    }
  }
}
