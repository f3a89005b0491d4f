package io.earthembed.view;

import io.earthembed.EarthEmbedException;
import io.earthembed.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this module writes is there whole or not at all. */
final class AtomicFiles {
  private AtomicFiles() {}

  /** Writes a file; makes its folder where it is missing. */
  static void write(Path target, byte[] bytes) {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) throw new IllegalArgumentException("target is no file: " + target);
    try {
      Files.createDirectories(folder);
      try (AtomicFile file = AtomicFile.create(target)) {
        Files.write(file.path(), bytes);
        file.commit();
      }
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    }
  }
}
