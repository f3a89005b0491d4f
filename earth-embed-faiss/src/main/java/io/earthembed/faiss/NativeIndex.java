package io.earthembed.faiss;

import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.GpuCopy;
import io.earthembed.faiss.internal.LayeredIndex;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FAISS's index in native memory, and who may touch it when: readers together, writers alone,
 * nobody once it is closed. One that was forgotten is freed with a warning.
 */
final class NativeIndex {
  private static final Logger LOG = LoggerFactory.getLogger(FaissIndex.class);
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicInteger SEARCHES = new AtomicInteger();
  private static volatile int threads = Runtime.getRuntime().availableProcessors();

  private final Handle handle;

  /** Why the index is not to be used any more, or null. Guarded by the lock. */
  private @Nullable String spoiled;

  private final Cleaner.Cleanable cleanable;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Work on the open index. */
  interface Work<T> {
    T on(LayeredIndex index);
  }

  NativeIndex(LayeredIndex index) {
    this.handle = new Handle(index);
    this.cleanable = CLEANER.register(this, handle);
  }

  /** What must be freed; knows nothing of its owner, so that this can become unreachable. */
  private static final class Handle implements Runnable {
    @Nullable LayeredIndex index;
    @Nullable GpuCopy copy;
    boolean closed;

    Handle(LayeredIndex index) {
      this.index = index;
    }

    @Override
    public void run() {
      LayeredIndex last = index;
      index = null;
      if (last == null) return;
      if (!closed) LOG.warn("A FaissIndex of {} vectors was never closed", last.size());
      dropCopy();
      Faiss.destroy(last);
    }

    void dropCopy() {
      if (copy != null) copy.close();
      copy = null;
    }
  }

  /** On how many threads all searches together may run, 1 or more; the library is loaded. */
  static void setThreads(int count) {
    threads = count;
    Faiss.set_blas_threads(count);
  }

  /** A search gets its share of the threads, so that many at once do not crowd the processors. */
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

  /** A change of the vectors waits for the searches, and then has all the threads. */
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
    return locked(lock.readLock(), what, work);
  }

  <T> T writing(String what, Work<T> work) {
    return locked(lock.writeLock(), what, work);
  }

  /** Runs native work on the open index, with C++'s exceptions made ours. */
  private <T> T locked(Lock guard, String what, Work<T> work) {
    guard.lock();
    NativeFaiss.enter();
    try {
      LayeredIndex index = handle.index;
      if (index == null) throw new IllegalStateException("the index is closed");
      if (spoiled != null) {
        throw new IllegalStateException(spoiled + ": close the index and load it again");
      }
      return work.on(index);
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
      guard.unlock();
      Reference.reachabilityFence(this); // not freed while it is used
    }
  }

  /** Refuses all further work but closing; called by work that holds the lock for changes. */
  void spoil(String why) {
    spoiled = why;
  }

  static void requireTrained(LayeredIndex index) {
    if (!index.is_trained()) throw new IllegalStateException("the index needs training first");
  }

  /** The copy on a GPU, or null. */
  @Nullable GpuCopy copy() {
    return handle.copy;
  }

  /** Makes a copy on a GPU, or frees it; see {@link FaissIndex#setDevice}. */
  void setDevice(Device device) {
    writing(
        "setDevice",
        index -> {
          handle.dropCopy();
          if (device.kind() == Device.Kind.CPU) return true;
          try {
            handle.copy = new GpuCopy(index, device.index());
          } catch (RuntimeException e) {
            if (device.kind() == Device.Kind.CUDA) {
              throw new EarthEmbedException(device + " cannot search: " + e.getMessage(), e);
            }
            LOG.info("Searches stay on the CPU: {}", e.getMessage());
          }
          return true;
        });
  }

  /** Waits for who uses it. Closing twice is harmless. */
  void close() {
    lock.writeLock().lock();
    try {
      handle.closed = true;
      cleanable.clean();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
