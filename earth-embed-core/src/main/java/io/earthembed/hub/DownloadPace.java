package io.earthembed.hub;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Checks the speed of a download. A server that is never silent but sends almost nothing would hold
 * the lock on the file forever, for which others wait.
 */
final class DownloadPace {
  /**
   * Bytes per second that a download must bring on average, in addition to the fixed time for its
   * attempts.
   */
  private static final long LEAST_RATE = 4 << 10;

  private final long began = System.nanoTime();
  private final double allowance;

  /** Received bytes, including discarded ones. */
  private long bytes;

  DownloadPace(int attempts, Duration patience) {
    allowance = 2.0 * attempts * TimeUnit.NANOSECONDS.convert(patience);
  }

  void add(int count) {
    bytes += count;
  }

  /** Throws a lasting fault if the download is too slow. */
  void require() throws DownloadFault {
    long nanos = System.nanoTime() - began;
    if (nanos <= allowance + 1e9 * bytes / LEAST_RATE) return;
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    throw DownloadFault.lasting("too slow: " + bytes + " bytes in " + seconds + " s");
  }
}
