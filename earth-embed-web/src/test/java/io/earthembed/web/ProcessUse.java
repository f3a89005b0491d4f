package io.earthembed.web;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What this process holds.
 *
 * @param heap bytes that live after a garbage collection
 * @param resident bytes of memory, native memory included; 0 if the system does not tell
 * @param threads number of threads
 * @param files number of open files and connections; 0 if the system does not tell
 */
record ProcessUse(long heap, long resident, int threads, long files) {
  static ProcessUse now() throws IOException {
    System.gc();
    boolean unix =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean;
    return new ProcessUse(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        residentBytes(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        unix
            ? ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount()
            : 0);
  }

  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) return 0;
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
    return 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "heap %d MiB, resident %d MiB, %d threads, %d files",
        heap >> 20,
        resident >> 20,
        threads,
        files);
  }
}
