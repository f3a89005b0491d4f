package io.earthembed.faiss;

import io.earthembed.base.thread.Lifetime;
import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.GpuCopy;
import io.earthembed.faiss.internal.LayeredIndex;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards FAISS's index in native memory: readers share it, writers have it alone, and nobody uses
 * it after it is closed. An index that was never closed is freed with a warning.
 */
final class NativeIndex {
  private static final Logger LOG = LoggerFactory.getLogger(FaissIndex.class);
  private static final AtomicInteger SEARCHES = new AtomicInteger();
  private static volatile int threads = Runtime.getRuntime().availableProcessors();

  private final Handle handle;
  private final Lifetime lifetime;

  /** The reason that the index can no longer be used, or null. Guarded by the lifetime. */
  private @Nullable String spoiled;

  /** Work on the open index. */
  interface Work<T> {
    T on(LayeredIndex index);
  }

  NativeIndex(LayeredIndex index) {
    this.handle = new Handle(index);
    this.lifetime = Lifetime.cleaned("the index", handle);
  }

  /** The native memory to free. */
  private static final class Handle implements Lifetime.Resources {
    final LayeredIndex index;
    @Nullable GpuCopy copy;

    Handle(LayeredIndex index) {
      this.index = index;
    }

    @Override
    public void release(boolean forgotten) {
      if (forgotten) LOG.warn("A FaissIndex of {} vectors was never closed", index.size());
      dropCopy();
      Faiss.destroy(index);
    }

    void dropCopy() {
      if (copy != null) copy.close();
      copy = null;
    }
  }

  /** Sets how many threads all searches together may use, 1 or more, after loading the library. */
  static void setThreads(int count) {
    threads = count;
    Faiss.set_blas_threads(count);
  }

  /**
   * Runs a search on its share of the threads, so that concurrent searches do not overload the
   * processors.
   */
  <T> T searching(Work<T> work) {
    return reading(
        "search",
        index -> {
          requireTrained(index);
          int running = SEARCHES.incrementAndGet();
          try {
            Faiss.set_threads(Math.max(1, threads / running));
            return work.on(index);
          } finally {
            SEARCHES.decrementAndGet();
          }
        });
  }

  /** Runs a change of the vectors, which waits for the searches and then has all the threads. */
  <T> T changing(String what, Work<T> work) {
    return writing(
        what,
        index -> {
          if (handle.copy != null) {
            throw new IllegalStateException(
                "a copy of the index is on a GPU: setDevice(Device.cpu()) before " + what);
          }
          Faiss.set_threads(threads);
          return work.on(index);
        });
  }

  <T> T reading(String what, Work<T> work) {
    try (Lifetime.Scope open = lifetime.use()) {
      return run(what, work);
    }
  }

  <T> T writing(String what, Work<T> work) {
    try (Lifetime.Scope alone = lifetime.change()) {
      return run(what, work);
    }
  }

  /** Runs native work on the open index, and converts C++ exceptions to ours. */
  private <T> T run(String what, Work<T> work) {
    NativeFaiss.enter();
    try {
      if (spoiled != null) {
        throw new IllegalStateException(spoiled + ": close the index and load it again");
      }
      return work.on(handle.index);
    } catch (EarthEmbedException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException
        | IndexOutOfBoundsException e) {
      throw e;
    } catch (RuntimeException e) {
      String reason =
          Thread.currentThread().isInterrupted()
              ? "interrupted in " + what
              : "FAISS failed in " + what + ": " + NativeFaiss.reason(e);
      throw new EarthEmbedException(spoiled == null ? reason : reason + "; " + spoiled, e);
    } finally {
      NativeFaiss.leave();
    }
  }

  /** Refuses all further work except closing; the caller is {@link #writing}. */
  void spoil(String why) {
    spoiled = why;
  }

  static void requireTrained(LayeredIndex index) {
    if (!index.is_trained()) throw new IllegalStateException("the index needs training first");
  }

  /** Returns the copy on a GPU, or null. */
  @Nullable GpuCopy copy() {
    return handle.copy;
  }

  /** Makes or frees the copy on GPUs; see {@link FaissIndex#setDevice}. */
  void setDevices(Placement placement, List<Device> devices) {
    Device first = devices.get(0);
    writing(
        "setDevice",
        index -> {
          handle.dropCopy();
          if (first.kind() == Device.Kind.CPU) return true;
          int[] numbers = devices.stream().mapToInt(Device::index).toArray();
          try {
            String missing = NativeFaiss.missingForGpus();
            if (missing != null) throw new EarthEmbedException(missing);
            handle.copy =
                new GpuCopy(index, numbers, numbers.length, placement == Placement.SHARDS);
          } catch (RuntimeException e) {
            if (first.kind() == Device.Kind.CUDA) {
              String names =
                  devices.stream().map(Device::toString).collect(Collectors.joining(", "));
              throw new EarthEmbedException(names + " cannot search: " + e.getMessage(), e);
            }
            LOG.info("Searches stay on the CPU: {}", e.getMessage());
          }
          return true;
        });
  }

  /** Makes or drops the copy in 8 bits; see {@link FaissIndex#setQuantizedCopy}. */
  void setQuantizedCopy(boolean kept) {
    writing(
        "setQuantizedCopy",
        index -> {
          Faiss.set_threads(threads);
          try {
            index.set_screen(kept);
          } catch (RuntimeException e) {
            if (NativeFaiss.reason(e).contains("bad_alloc")) throw e;
            throw new IllegalArgumentException("quantized copy: " + NativeFaiss.reason(e), e);
          }
          return true;
        });
  }

  /** Waits for running work, then frees the index. Closing twice is harmless. */
  void close() {
    lifetime.close();
  }
}
