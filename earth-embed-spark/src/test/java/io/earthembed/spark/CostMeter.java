package io.earthembed.spark;

import io.earthembed.spark.SparkProcesses.Running;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures the processor time of processes and of their children while they run. */
final class CostMeter {
  private final Map<Long, Duration> used = new HashMap<>();

  void look(Running root) {
    look(root.process().toHandle());
    root.process().descendants().forEach(this::look);
  }

  private void look(ProcessHandle process) {
    process.info().totalCpuDuration().ifPresent(time -> used.put(process.pid(), time));
  }

  /** Looks at some processes until one of them has ended. */
  void follow(Running until, List<Running> watched) {
    while (until.process().isAlive()) {
      watched.forEach(this::look);
      pause();
    }
  }

  static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  double seconds() {
    return used.values().stream().mapToLong(Duration::toNanos).sum() / 1e9;
  }

  static void say(String format, Object... values) {
    PrintStream out = System.out;
    out.println(String.format(Locale.ROOT, format, values));
  }
}
