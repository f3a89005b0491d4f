package io.earthembed.view;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this module writes is there whole or not at all. */
final class AtomicFiles {
  private AtomicFiles() {}

  /** What is written into a file. */
  interface Content {
    void writeTo(Path file) throws IOException;
  }

  /** Writes a file; makes its folder where it is missing. */
  static void write(Path target, byte[] bytes) {
    write(target, file -> Files.write(file, bytes));
  }

  /** The same, of what is too large to be made in memory first. */
  static void write(Path target, Content content) {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) throw new IllegalArgumentException("target is no file: " + target);
    try {
      Files.createDirectories(folder);
      try (AtomicFile file = AtomicFile.create(target)) {
        content.writeTo(file.path());
        file.commit();
      }
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    }
  }
}
