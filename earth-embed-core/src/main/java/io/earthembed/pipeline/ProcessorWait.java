package io.earthembed.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Measures how long threads wait for a processor while ready to run, as counted by Linux. */
final class ProcessorWait {
  /**
   * Counters of the thread that reads the file: nanoseconds run, nanoseconds waited, time slices.
   */
  private static final Path OF_THIS_THREAD = Path.of("/proc/thread-self/schedstat");

  private ProcessorWait() {}

  /** Returns the calling thread's total in nanoseconds; 0 if the system does not count it. */
  static long nanos() {
    try {
      String[] counts = Files.readString(OF_THIS_THREAD).split(" ", -1);
      return Long.parseLong(counts[1]);
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return 0;
    }
  }
}
