package io.earthembed.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps values in memory under their names, up to a number of bytes; those that were not used for
 * longest go first. Safe for many threads.
 */
final class KeptData<V> {
  private final String name;
  private final long maxBytes;
  private final long lifeNanos;
  private final ServerMetrics metrics;
  private final Map<String, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  private record Entry<V>(V value, long bytes, long usedNanos) {}

  /**
   * @param name in measurements
   * @param maxBytes the most bytes of all values
   * @param life how long a value is kept after its last use
   */
  KeptData(String name, long maxBytes, Duration life, ServerMetrics metrics) {
    this.name = name;
    this.maxBytes = maxBytes;
    this.lifeNanos = life.toNanos();
    this.metrics = metrics;
  }

  /** Returns a value, or null if it is not kept. */
  @Nullable V get(String key) {
    V value = find(key);
    metrics.lookup(name, value != null);
    return value;
  }

  /** Returns whether a value is kept; this is no use of it. */
  synchronized boolean has(String key) {
    dropOld();
    return entries.containsKey(key);
  }

  private synchronized @Nullable V find(String key) {
    dropOld();
    Entry<V> entry = entries.get(key);
    if (entry == null) return null;
    entries.put(key, new Entry<>(entry.value, entry.bytes, System.nanoTime()));
    return entry.value;
  }

  /** Keeps a value, unless it alone has too many bytes. */
  synchronized void put(String key, V value, long size) {
    dropOld();
    Entry<V> old = entries.remove(key);
    if (old != null) bytes -= old.bytes;
    if (size > maxBytes) return;
    entries.put(key, new Entry<>(value, size, System.nanoTime()));
    bytes += size;
    while (bytes > maxBytes) drop(entries.keySet().iterator().next());
  }

  private void dropOld() {
    long now = System.nanoTime();
    while (!entries.isEmpty()) {
      Map.Entry<String, Entry<V>> eldest = entries.entrySet().iterator().next();
      if (now - eldest.getValue().usedNanos < lifeNanos) return;
      drop(eldest.getKey());
    }
  }

  private void drop(String key) {
    Entry<V> entry = entries.remove(key);
    if (entry != null) bytes -= entry.bytes;
  }
}
