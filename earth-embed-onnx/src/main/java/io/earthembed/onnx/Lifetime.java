package io.earthembed.onnx;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps native resources open while any thread uses them: uses share a read lock, and {@link
 * #close} takes the write lock. If the owner is not closed, a cleaner frees the resources and logs
 * a warning.
 */
final class Lifetime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
  private static final Cleaner CLEANER = Cleaner.create();

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Resources resources;
  private final Cleaner.Cleanable cleanable;

  /**
   * @param name name for messages
   * @param resources closed in this order
   */
  Lifetime(String name, List<? extends AutoCloseable> resources) {
    this.resources = new Resources(name, List.copyOf(resources));
    this.cleanable = CLEANER.register(this, this.resources);
  }

  /**
   * Runs a call that needs the resources.
   *
   * @throws IllegalStateException after close
   */
  <R> R use(Supplier<R> call) {
    lock.readLock().lock();
    try {
      if (resources.closed.get()) throw new IllegalStateException(resources.name + " is closed");
      return call.get();
    } finally {
      lock.readLock().unlock();
      Reference.reachabilityFence(this); // else the cleaner could free memory that the call reads
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      resources.close();
      cleanable.clean();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** A class of its own, because the cleaner must not reference Lifetime. */
  private static final class Resources implements Runnable {
    final String name;
    final List<AutoCloseable> resources;
    final AtomicBoolean closed = new AtomicBoolean();

    Resources(String name, List<AutoCloseable> resources) {
      this.name = name;
      this.resources = resources;
    }

    void close() {
      if (!closed.compareAndSet(false, true)) return;
      for (AutoCloseable resource : resources) {
        try {
          resource.close();
        } catch (Exception e) {
          LOG.warn("{}: native memory could not be freed", name, e);
        }
      }
    }

    /**
     * The cleaner calls this once the owner is unreachable; close calls it too, with nothing to do.
     */
    @Override
    public void run() {
      if (closed.get()) return;
      LOG.warn("{} was not closed; its native memory is freed now", name);
      close();
    }
  }
}
