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
 * A file that appears under its name whole, or not at all: it is written at {@link #path}, beside
 * its target, and {@link #commit} renames it. Closed without that, it leaves nothing. Not safe for
 * many threads; any number may write one target, and the last to commit wins.
 */
public final class AtomicFile implements Closeable {
  /** The names that {@link #create} gives. */
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
   * @param target its final name; its folder exists
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
   * Removes what processes that were killed have left of files in a folder. What was written to
   * within the last hour may be somebody's who is still at it, and stays.
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
          // Its writer has just renamed it.
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** Where the bytes are to be written: an empty file at first. */
  public Path path() {
    return beside;
  }

  /**
   * Forces the bytes to the disk and puts the file under its name, replacing what was there.
   * Whatever wrote it is closed.
   *
   * @throws IOException if that fails; the old file, if any, is still there then
   */
  public void commit() throws IOException {
    try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    commitUnforced();
  }

  /**
   * Puts the file under its name without forcing the bytes to the disk: for what can be had again
   * and is verified when it is read, since a machine that loses power may leave it damaged.
   *
   * @throws IOException if that fails
   */
  public void commitUnforced() throws IOException {
    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes what was not committed. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(beside);
  }
}
