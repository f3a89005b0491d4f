package io.earthembed.pipeline;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a pipeline.
 *
 * @param done tiles that were encoded, have failed, or were already there
 * @param total all tiles, or -1 if unknown
 * @param resumed tiles among the done ones that were already there
 * @param failed tiles among the done ones that failed
 * @param blank blank crops, see {@link EmbeddingPipeline.Builder#skipBlankCrops}
 * @param rate tiles per second over the last half minute; 0 before the first tile
 * @param timeLeft time left at that rate, or null if total or rate is unknown
 */
public record EmbeddingProgress(
    long done,
    long total,
    long resumed,
    long failed,
    long blank,
    double rate,
    @Nullable Duration timeLeft) {
  /**
   * Returns one line: {@code 12,345 of 249,000 tiles (4 %), 118 a second, 33 min left, 3 failed, 2
   * blank}.
   */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%,d", done));
    if (total >= 0) line.append(String.format(Locale.ROOT, " of %,d", total));
    line.append(" tiles");
    if (total > 0) line.append(" (").append(100 * done / total).append(" %)");
    if (rate > 0) {
      line.append(
          String.format(Locale.ROOT, rate < 10 ? ", %.1f a second" : ", %,.0f a second", rate));
    }
    if (timeLeft != null) line.append(", ").append(words(timeLeft)).append(" left");
    if (failed > 0) line.append(String.format(Locale.ROOT, ", %,d failed", failed));
    if (blank > 0) line.append(String.format(Locale.ROOT, ", %,d blank", blank));
    return line.toString();
  }

  private static String words(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 120) return seconds + " s";
    if (seconds < 120 * 60) return seconds / 60 + " min";
    if (seconds < 48 * 3600) return seconds / 3600 + " h";
    return String.format(Locale.ROOT, "%,d days", seconds / 86400);
  }
}
