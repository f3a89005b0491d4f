package io.earthembed.spark;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Shares models and indexes among the tasks of an executor, because they are large or slow to open.
 * A resource stays open for later tasks of its job. It is closed when another job's resource is
 * opened and no task uses it any longer, or when the executor's process ends. Safe for many
 * threads.
 */
final class PerExecutor {
  private static final Map<Object, Shared> ALL = new HashMap<>();

  private PerExecutor() {}

  private static final class Shared {
    final AutoCloseable resource;
    int users;

    Shared(AutoCloseable resource) {
      this.resource = resource;
    }
  }

  /** The use of a resource by one task, which closes it at its end. */
  static final class Lease<T extends AutoCloseable> implements AutoCloseable {
    private final T resource;
    private final Shared shared;
    private boolean closed;

    private Lease(T resource, Shared shared) {
      this.resource = resource;
      this.shared = shared;
    }

    T get() {
      return resource;
    }

    @Override
    public void close() {
      synchronized (ALL) {
        if (!closed) shared.users--;
        closed = true;
      }
    }
  }

  /**
   * Leases a shared resource.
   *
   * @param type type of the resource
   * @param key equal for equal resources
   * @param open opens the resource if this executor has none; other tasks wait meanwhile
   */
  static <T extends AutoCloseable> Lease<T> lease(Class<T> type, Object key, Supplier<T> open) {
    synchronized (ALL) {
      if (!ALL.containsKey(key)) {
        closeIdle(type);
        ALL.put(key, new Shared(open.get()));
      }
      Shared shared = Objects.requireNonNull(ALL.get(key));
      shared.users++;
      return new Lease<>(type.cast(shared.resource), shared);
    }
  }

  private static void closeIdle(Class<?> type) {
    for (Iterator<Shared> each = ALL.values().iterator(); each.hasNext(); ) {
      Shared shared = each.next();
      if (shared.users > 0 || !type.isInstance(shared.resource)) continue;
      each.remove();
      try {
        shared.resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("cannot close " + shared.resource, e);
      }
    }
  }
}
