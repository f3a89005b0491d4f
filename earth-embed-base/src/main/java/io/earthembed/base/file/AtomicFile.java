package io.earthembed.base.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A file that appears under its name complete or not at all. The caller writes to {@link #path},
 * beside the target, and {@link #commit} renames it. Without a commit, closing removes it. Not safe
 * for many threads; any number may write one target, and the last to commit wins.
 */
public final class AtomicFile implements Closeable {
  /** Matches the names that {@link #create} gives. */
  private static final Pattern BESIDE = Pattern.compile(".+\\.[0-9a-f-]{36}\\.tmp");

  private final Path target;
  private final Path beside;

  private AtomicFile(Path target, Path beside) {
    this.target = target;
    this.beside = beside;
  }

  /**
   * Starts a file.
   *
   * @param target its final name; its folder must exist
   * @throws IOException if nothing can be written there
   */
  public static AtomicFile create(Path target) throws IOException {
    Path file = target.toAbsolutePath();
    Path folder = file.getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "there is no such folder");
    }
    Path beside = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    return new AtomicFile(file, Files.createFile(beside));
  }

  /**
   * Removes temporary files of killed processes from a folder. Files that were changed within the
   * last hour remain, because another process may still be writing them.
   *
   * @param folder of the targets
   * @throws IOException if the folder cannot be listed, or a file cannot be removed
   */
  public static void removeAbandoned(Path folder) throws IOException {
    Instant hourAgo = Instant.now().minus(1, ChronoUnit.HOURS);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "*.tmp")) {
      for (Path file : left) {
        if (!BESIDE.matcher(file.getFileName().toString()).matches()) continue;
        try {
          if (Files.getLastModifiedTime(file).toInstant().isBefore(hourAgo)) {
            Files.deleteIfExists(file);
          }
        } catch (NoSuchFileException e) {
          // its writer has just renamed it
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /**
   * Forces the names of a folder's files to the disk, so that they survive a power failure. Does
   * nothing if the file system does not support it, as on Windows.
   */
  public static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // not supported
    }
  }

  /** Returns the path to write to, at first an empty file. */
  public Path path() {
    return beside;
  }

  /**
   * Forces the bytes to the disk and renames the file to its target, which it replaces. The caller
   * must have closed its writer.
   *
   * @throws IOException if that fails; an old file then remains
   */
  public void commit() throws IOException {
    try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    commitUnforced();
  }

  /**
   * Renames the file to its target without forcing the bytes to the disk. Use this only for files
   * that can be made again and are verified when read, because a power failure may leave them
   * damaged.
   *
   * @throws IOException if that fails
   */
  public void commitUnforced() throws IOException {
    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes the file unless it was committed. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(beside);
  }
}
