package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Checks that the driver and all executors see one folder. A job whose executors write to folders
 * of their own would otherwise end well, with its rows missing.
 */
final class SharedFolder {
  private static final String MARK = "_seen-by-the-driver-";

  private static final String ADVICE = ": choose a path on a file system that all machines share";

  private SharedFolder() {}

  /**
   * Writes a file by which executors recognise the driver's folder, beside the parts' lists.
   *
   * @param folder created if it does not exist
   * @return the file's name, for {@link JobFolder#delete}
   */
  static String mark(JobFolder folder) {
    // Jobs whose driver was killed have left theirs.
    for (String name : folder.names(PartTiles.FOLDER)) {
      if (name.startsWith(MARK)) folder.delete(PartTiles.FOLDER + name);
    }
    String mark = PartTiles.FOLDER + MARK + UUID.randomUUID();
    Path file = folder.staging().resolve(mark);
    try {
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be written: " + e, e);
    }
    folder.publish(mark);
    return mark;
  }

  /** Fails on a machine that does not see the driver's folder. */
  static void requireMark(JobFolder folder, String mark) {
    if (folder.exists(mark)) return;
    throw new EarthEmbedException(
        folder + " on " + host() + " is not the driver's folder" + ADVICE);
  }

  /**
   * Waits until the driver sees parts.
   *
   * @param parts their names
   * @param files names and lengths of their files
   * @param patience time to wait, because network file systems cache listings
   * @throws EarthEmbedException if some are still missing then, or have other lengths
   */
  static void await(
      JobFolder folder, Set<String> parts, Map<String, Long> files, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    for (; ; ) {
      Map<String, Long> there = folder.lengths();
      List<String> missing = new ArrayList<>();
      for (String part : parts) {
        String list = PartTiles.file(part);
        if (!there.containsKey(list)) missing.add(list);
      }
      files.forEach(
          (file, length) -> {
            if (!Objects.equals(there.get(file), length)) missing.add(file);
          });
      if (missing.isEmpty()) return;
      if (System.nanoTime() > end) {
        throw new EarthEmbedException(
            folder
                + " lacks "
                + missing.size()
                + " of "
                + (parts.size() + files.size())
                + " files that executors wrote, or has them cut, such as "
                + missing.get(0)
                + ADVICE);
      }
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EarthEmbedException("interrupted while waiting for " + missing.get(0), e);
      }
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "an executor";
    }
  }
}
