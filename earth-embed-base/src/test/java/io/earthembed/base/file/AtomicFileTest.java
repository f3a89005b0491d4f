package io.earthembed.base.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

  @Test
  void removesWhatKilledProcessesLeft() throws IOException {
    // Never closed, as if its process had been killed.
    AtomicFile old = AtomicFile.create(folder.resolve("a.parquet"));
    AtomicFile young = AtomicFile.create(folder.resolve("a.parquet"));
    Path others = Files.createFile(folder.resolve("notes.tmp"));
    FileTime twoHoursAgo = FileTime.from(Instant.now().minusSeconds(7_200));
    Files.setLastModifiedTime(old.path(), twoHoursAgo);
    Files.setLastModifiedTime(others, twoHoursAgo);
    AtomicFile.removeAbandoned(folder);
    assertFalse(Files.exists(old.path()));
    assertTrue(Files.exists(young.path()), "it may still be written");
    assertTrue(Files.exists(others), "it is not ours");
    young.close();
  }
}
