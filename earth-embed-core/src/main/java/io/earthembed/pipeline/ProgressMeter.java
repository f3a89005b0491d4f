package io.earthembed.pipeline;

import io.earthembed.common.ProgressListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts tiles and knows at what rate they came of late. Used by one thread. */
final class ProgressMeter {
  private static final long WINDOW_NANOS = 30_000_000_000L;
  private static final long STEP_NANOS = 500_000_000L;

  /** What was worked off by when, parts that were there already left out. */
  private record Sample(long nanos, long worked) {}

  private final long total;
  private final ProgressListener bar;
  private final Consumer<? super EmbeddingProgress> listener;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private long worked;
  private long resumed;
  private long failed;
  private long blank;

  ProgressMeter(long total, ProgressListener bar, Consumer<? super EmbeddingProgress> listener) {
    this.total = total;
    this.bar = bar;
    this.listener = listener;
  }

  void start(long nanos) {
    samples.add(new Sample(nanos, 0));
  }

  void resumed(long tiles, long nanos) {
    resumed += tiles;
    tell(nanos);
  }

  /** So many tiles are worked off in all, so many of them failed, so many crops were blank. */
  void worked(long tiles, long failures, long blanks, long nanos) {
    worked = tiles;
    failed = failures;
    blank = blanks;
    if (nanos - samples.getLast().nanos() >= STEP_NANOS) {
      samples.add(new Sample(nanos, worked));
      while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
        samples.removeFirst();
      }
    }
    tell(nanos);
  }

  private void tell(long nanos) {
    bar.update("embed", resumed + worked, total);
    listener.accept(at(nanos));
  }

  EmbeddingProgress at(long nanos) {
    Sample first = samples.getFirst();
    double seconds = (nanos - first.nanos()) / 1e9;
    double rate = seconds > 0 ? (worked - first.worked()) / seconds : 0;
    return new EmbeddingProgress(
        resumed + worked, total, resumed, failed, blank, rate, timeLeft(rate));
  }

  private @Nullable Duration timeLeft(double rate) {
    if (total < 0 || rate <= 0) return null;
    return Duration.ofMillis(Math.round(1000 * (total - resumed - worked) / rate));
  }
}
