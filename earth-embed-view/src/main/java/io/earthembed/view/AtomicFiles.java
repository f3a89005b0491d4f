package io.earthembed.view;

import io.earthembed.EarthEmbedException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole or not at all. */
final class AtomicFiles {
  private AtomicFiles() {}

  /** Writes beside the target, then renames; makes the target's folder where it is missing. */
  static void write(Path target, byte[] bytes) {
    Path file = target.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null) throw new IllegalArgumentException("target is no file: " + target);
    Path beside = folder.resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.createDirectories(folder);
      try {
        Files.write(beside, bytes);
        try {
          Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
          Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
        }
      } finally {
        Files.deleteIfExists(beside);
      }
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    }
  }
}
