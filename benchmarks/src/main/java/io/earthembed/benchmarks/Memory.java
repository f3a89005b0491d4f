package io.earthembed.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads this process's resident memory, in bytes. Linux only. */
final class Memory {
  private Memory() {}

  /** Returns the most that was resident at any time. */
  static long peak() throws IOException {
    return status("VmHWM");
  }

  /** Returns the resident memory that no file backs: the system cannot drop it. */
  static long anonymous() throws IOException {
    return status("RssAnon");
  }

  /** Returns the resident pages of mapped files: the system drops them if memory runs short. */
  static long mapped() throws IOException {
    return status("RssFile");
  }

  private static long status(String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(name)) return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
    throw new IOException("no " + name);
  }
}
