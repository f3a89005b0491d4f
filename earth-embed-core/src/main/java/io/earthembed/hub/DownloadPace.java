package io.earthembed.hub;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Measures how fast a download is. A server that is never silent and brings next to nothing would
 * hold the lock on the file forever, and others wait for that lock.
 */
final class DownloadPace {
  /** Bytes a second that a download must bring on average, beyond the time of its attempts. */
  private static final long LEAST_RATE = 4 << 10;

  private final long began = System.nanoTime();
  private final double allowance;

  /** Bytes that have come, including those that were discarded. */
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
