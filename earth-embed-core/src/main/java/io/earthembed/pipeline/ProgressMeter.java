package io.earthembed.pipeline;

import io.earthembed.common.ProgressListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts tiles and measures their recent rate. For one thread. */
final class ProgressMeter {
  private static final long WINDOW_NANOS = 30_000_000_000L;
  private static final long STEP_NANOS = 500_000_000L;

  /** The number of finished tiles at a time, without parts that were already complete. */
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

  /** Records the total numbers of finished tiles, failed tiles and blank crops. */
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
