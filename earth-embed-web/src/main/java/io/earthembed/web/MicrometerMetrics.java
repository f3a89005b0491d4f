package io.earthembed.web;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures a server with Micrometer, which the application adds to its dependencies. Meters: the
 * timers {@code earthembed.requests} (route, status) and {@code earthembed.stages} (explorer,
 * stage), the counter {@code earthembed.lookups} (cache, result) and the gauge {@code
 * earthembed.waiting} (queue). Safe for many threads.
 */
public final class MicrometerMetrics implements ServerMetrics {
  private final MeterRegistry registry;
  private final Map<String, AtomicInteger> queues = new ConcurrentHashMap<>();

  /** Creates metrics in a registry. */
  public MicrometerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void request(String route, int status, Duration time) {
    Timer timer =
        registry.timer("earthembed.requests", "route", route, "status", String.valueOf(status));
    timer.record(time);
  }

  @Override
  public void stage(String explorer, String stage, Duration time) {
    registry.timer("earthembed.stages", "explorer", explorer, "stage", stage).record(time);
  }

  @Override
  public void lookup(String cache, boolean hit) {
    registry
        .counter("earthembed.lookups", "cache", cache, "result", hit ? "hit" : "miss")
        .increment();
  }

  @Override
  public void waiting(String queue, int waiting) {
    queues.computeIfAbsent(queue, this::gauge).set(waiting);
  }

  private AtomicInteger gauge(String queue) {
    AtomicInteger value = new AtomicInteger();
    registry.gauge("earthembed.waiting", List.of(Tag.of("queue", queue)), value);
    return value;
  }
}
