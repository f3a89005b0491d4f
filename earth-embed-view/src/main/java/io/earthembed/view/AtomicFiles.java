package io.earthembed.view;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes files atomically: a reader sees the whole file or none. */
final class AtomicFiles {
  private AtomicFiles() {}

  /** Writes the content of a file. */
  interface Content {
    void writeTo(Path file) throws IOException;
  }

  /** Writes a file atomically; creates its folder if it is missing. */
  static void write(Path target, byte[] bytes) {
    write(target, file -> Files.write(file, bytes));
  }

  /** Writes a file atomically, with content that need not fit into memory. */
  static void write(Path target, Content content) {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) throw new IllegalArgumentException("target is not a file: " + target);
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
