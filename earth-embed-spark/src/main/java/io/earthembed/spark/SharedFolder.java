package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Checks that the driver and all executors see a folder under one path. A job whose executors write
 * to folders of their own would otherwise end well, with its rows missing.
 */
final class SharedFolder {
  private static final String MARK = "_seen-by-the-driver-";

  private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");

  private SharedFolder() {}

  /** Converts an option to a folder; refuses URLs, which {@link Path} would take for a name. */
  static final class Option implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
      if (!URL.matcher(value).matches()) return Path.of(value);
      try {
        URI url = Addresses.parse(value);
        if (Addresses.isFile(url)) return Path.of(url);
      } catch (IllegalArgumentException | FileSystemNotFoundException e) {
        throw new TypeConversionException(e.getMessage());
      }
      throw new TypeConversionException(
          Addresses.redacted(value)
              + " is a URL; the job writes to a path that all machines share, such as a mounted"
              + " bucket");
    }
  }

  /**
   * Writes a file by which executors recognise the driver's folder.
   *
   * @param folder created if it does not exist
   * @return the file, which the caller removes
   */
  static Path mark(Path folder) {
    Path mark = folder.resolve(MARK + UUID.randomUUID());
    try {
      Files.createDirectories(folder);
      removeMarks(folder);
      return Files.createFile(mark);
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be written: " + e, e);
    }
  }

  /** Removes the marks of jobs whose driver was killed. */
  private static void removeMarks(Path folder) throws IOException {
    try (DirectoryStream<Path> marks = Files.newDirectoryStream(folder, MARK + "*")) {
      for (Path mark : marks) Files.deleteIfExists(mark);
    }
  }

  /** Removes the file of {@link #mark}. */
  static void unmark(Path mark) {
    try {
      Files.deleteIfExists(mark);
    } catch (IOException e) {
      throw new EarthEmbedException(mark + ": cannot be removed: " + e, e);
    }
  }

  /** Fails on a machine that does not see the driver's folder. */
  static void requireMark(Path mark) {
    if (Files.exists(mark)) return;
    throw new EarthEmbedException(
        mark.getParent()
            + " on "
            + host()
            + " is not the driver's folder: choose a path on a file system that all machines share");
  }

  /**
   * Waits until all files are in a folder.
   *
   * @param patience time to wait, because network file systems cache listings
   * @throws EarthEmbedException if some are still missing then
   */
  static void await(Path folder, Collection<String> names, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    for (; ; ) {
      List<String> missing = missing(folder, names);
      if (missing.isEmpty()) return;
      if (System.nanoTime() > end) {
        throw new EarthEmbedException(
            folder
                + " lacks "
                + missing.size()
                + " of "
                + names.size()
                + " files that executors wrote, such as "
                + missing.get(0)
                + ": choose a path on a file system that all machines share");
      }
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EarthEmbedException("interrupted while waiting for " + missing.get(0), e);
      }
    }
  }

  private static List<String> missing(Path folder, Collection<String> names) {
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> there =
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
      return names.stream().filter(name -> !there.contains(name)).sorted().toList();
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be listed: " + e, e);
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
