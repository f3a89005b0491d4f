package io.earthembed.base.thread;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps resources open while any thread uses them. Uses run at the same time. A change waits for
 * the uses and excludes them, and so does {@link #close}, after which every use fails.
 *
 * <pre>{@code
 * try (Lifetime.Scope open = lifetime.use()) {
 *   // read what close() releases
 * }
 * }</pre>
 */
public final class Lifetime implements AutoCloseable {
  private final String name;
  private final Ending ending;
  private final Cleaner.@Nullable Cleanable cleanable;
  private final Scope shared;
  private final Scope exclusive;

  /** Resources that must be released once, by the thread that closes them or by the cleaner's. */
  public interface Resources {
    /**
     * Releases them.
     *
     * @param forgotten whether the owner was garbage collected without being closed
     */
    void release(boolean forgotten);
  }

  private Lifetime(String name, Resources resources, boolean cleaned) {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    this.name = name;
    this.ending = new Ending(resources);
    this.shared = new Scope(lock.readLock());
    this.exclusive = new Scope(lock.writeLock());
    this.cleanable = cleaned ? Cleaning.CLEANER.register(this, ending) : null;
  }

  /**
   * Returns a lifetime that only {@link #close} ends.
   *
   * @param name the closed resource's name in messages
   * @param release runs once
   */
  public static Lifetime of(String name, Runnable release) {
    return new Lifetime(name, forgotten -> release.run(), false);
  }

  /**
   * Returns a lifetime that ends with its owner: if nobody closes it, a cleaner releases the
   * resources after garbage collection.
   *
   * @param name the closed resource's name in messages
   * @param resources must not refer to the owner, which would keep it alive
   */
  public static Lifetime cleaned(String name, Resources resources) {
    return new Lifetime(name, resources, true);
  }

  /**
   * Begins a use. The caller ends it by closing the scope, in the same thread.
   *
   * @throws IllegalStateException after close
   */
  public Scope use() {
    return begin(shared);
  }

  /**
   * Begins a change, which excludes uses and other changes. The caller ends it by closing the
   * scope, in the same thread.
   *
   * @throws IllegalStateException after close
   */
  public Scope change() {
    return begin(exclusive);
  }

  private Scope begin(Scope scope) {
    scope.lock.lock();
    if (!ending.closed) return scope;
    scope.lock.unlock();
    throw new IllegalStateException(name + " is closed");
  }

  /** Waits for uses and changes, and releases the resources. Closing twice is harmless. */
  @Override
  public void close() {
    exclusive.lock.lock();
    try {
      if (ending.closed) return;
      ending.closed = true;
      if (cleanable == null) ending.run();
      else cleanable.clean();
    } finally {
      exclusive.close();
    }
  }

  /** A use or a change that is in progress. The thread that opened it closes it. */
  public final class Scope implements AutoCloseable {
    private final Lock lock;

    private Scope(Lock lock) {
      this.lock = lock;
    }

    @Override
    public void close() {
      lock.unlock();
      // Until here the cleaner must not release the guarded resources.
      Reference.reachabilityFence(Lifetime.this);
    }
  }

  /** A class of its own, because the cleaner must not refer to the lifetime. */
  private static final class Ending implements Runnable {
    private final Resources resources;
    private boolean closed; // guarded by the lock

    Ending(Resources resources) {
      this.resources = resources;
    }

    @Override
    public void run() {
      resources.release(!closed);
    }
  }

  /** Loaded, and its thread started, with the first lifetime that needs it. */
  private static final class Cleaning {
    static final Cleaner CLEANER = Cleaner.create();
  }
}
