package io.earthembed.testkit.saved;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder for the files of one input, in memory if the system supports that. */
final class Scratch {
  private static final Path FOLDER = make();

  private Scratch() {}

  private static Path make() {
    Path memory = Path.of("/dev/shm");
    try {
      Path made =
          Files.isWritable(memory)
              ? Files.createTempDirectory(memory, "fuzz")
              : Files.createTempDirectory("fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(made)));
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path folder() {
    return FOLDER;
  }

  static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes what lies in the folder. */
  static void empty() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.toList()) Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) {
    empty();
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
