package io.earthembed.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How long threads are ready to run and have no processor, as Linux counts it. */
final class ProcessorWait {
  /** Of the thread that reads it: nanoseconds run, nanoseconds waited, time slices. */
  private static final Path OF_THIS_THREAD = Path.of("/proc/thread-self/schedstat");

  private ProcessorWait() {}

  /** The calling thread's so far, nanoseconds; 0 if the system does not tell. */
  static long nanos() {
    try {
      String[] counts = Files.readString(OF_THIS_THREAD).split(" ", -1);
      return Long.parseLong(counts[1]);
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return 0;
    }
  }
}
