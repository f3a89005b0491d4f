package io.earthembed.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private long files() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.count();
    }
  }

  @Test
  void appearsWholeAndReplacesWhatWasThere() throws IOException {
    Path target = folder.resolve("a.txt");
    Files.writeString(target, "old");
    try (AtomicFile file = AtomicFile.create(target);
        AtomicFile other = AtomicFile.create(target)) {
      Files.writeString(file.path(), "new");
      Files.writeString(other.path(), "newer");
      assertEquals("old", Files.readString(target));
      file.commit();
      assertEquals("new", Files.readString(target));
      other.commit();
    }
    assertEquals("newer", Files.readString(target));
    assertEquals(1, files());
  }

  @Test
  void leavesNothingWithoutACommit() throws IOException {
    Path target = folder.resolve("a.txt");
    try (AtomicFile file = AtomicFile.create(target)) {
      Files.writeString(file.path(), "half");
    }
    assertFalse(Files.exists(target));
    assertEquals(0, files());
    assertThrows(IOException.class, () -> AtomicFile.create(folder.resolve("none/a.txt")));
  }
}
