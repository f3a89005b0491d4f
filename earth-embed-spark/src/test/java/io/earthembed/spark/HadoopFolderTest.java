package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.RangeSource.FileChangedException;
import io.earthembed.base.range.RangeSource.Tail;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests folders and files behind Hadoop's file systems with the one of local files, which renames;
 * {@link ObjectStoreTest} uploads.
 */
class HadoopFolderTest {
  @TempDir Path folder;

  private static void make(JobFolder shared, String name, String text) throws IOException {
    Path file = shared.staging().resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertEquals(text.length(), shared.publish(name));
    assertFalse(Files.exists(file));
  }

  private static String read(JobFolder shared, String name) throws IOException {
    return new String(shared.open(name).readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void filesAppearWholeAndReplaceOlderOnes() throws Exception {
    Path there = folder.resolve("my folder");
    Path copies;
    try (JobFolder shared = HadoopFolder.of(there.toUri())) {
      assertEquals(Set.of(), shared.files().keySet());
      assertEquals(List.of(), shared.names("a"));
      make(shared, "a/x=-1/one.parquet", "one");
      make(shared, "a/x=-1/one.parquet", "other");
      make(shared, "two", "2");
      assertEquals(Set.of("a/x=-1/one.parquet", "two"), shared.files().keySet());
      assertEquals(5, shared.lengths().get("a/x=-1/one.parquet"));
      assertEquals(List.of("one.parquet"), shared.names("a/x=-1"));
      assertEquals("other", read(shared, "a/x=-1/one.parquet"));
      assertEquals("other", Files.readString(shared.fetch("a/x=-1/one.parquet")));
      assertEquals("2", Files.readString(Path.of(shared.address("two"))));
      assertTrue(shared.exists("two"));
      shared.delete("two");
      shared.delete("two");
      assertFalse(shared.exists("two"));
      copies = shared.staging();
      assertNotEquals(there, copies);
    }
    assertFalse(Files.exists(copies));
    try (Stream<Path> all = Files.walk(there)) {
      assertEquals(0, all.filter(f -> f.toString().endsWith(".tmp")).count());
    }
  }

  @Test
  void anAddressWithoutAConnectorIsRefused() {
    Exception e =
        assertThrows(
            EarthEmbedException.class, () -> JobFolder.of(URI.create("nowhere://u:p@bucket/a")));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("nowhere://bucket/a: Hadoop has no file system"), message);
    assertTrue(message.contains("No FileSystem for scheme"), message);
  }

  @Test
  void rangesAreThoseOfOneVersion() throws Exception {
    Path file = Files.writeString(folder.resolve("shard"), "0123456789");
    Counters counters = new Counters();
    HadoopRanges source = new HadoopRanges(file.toUri(), counters);
    Tail tail = source.tail(4);
    assertEquals("6789", StandardCharsets.UTF_8.decode(tail.bytes()).toString());
    assertEquals(10, tail.version().length());
    assertEquals(
        "234", StandardCharsets.UTF_8.decode(source.read(tail.version(), 2, 3)).toString());
    assertEquals(0, source.read(tail.version(), 10, 0).remaining());
    // A status, and two ranges.
    assertEquals(3, counters.read().requests());
    assertEquals(7, counters.read().bytesRead());
    Exception beyond =
        assertThrows(RangeReadException.class, () -> source.read(tail.version(), 8, 3));
    assertTrue(String.valueOf(beyond.getMessage()).contains("ends at byte 10"), "" + beyond);
    Files.writeString(file, "abcdefghij");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertThrows(FileChangedException.class, () -> source.read(tail.version(), 2, 3));
    assertEquals("ij", StandardCharsets.UTF_8.decode(source.tail(2).bytes()).toString());
    Files.delete(file);
    Exception gone = assertThrows(RangeReadException.class, () -> source.tail(4));
    assertTrue(String.valueOf(gone.getMessage()).contains("no such file"), "" + gone);
    HadoopRanges none = new HadoopRanges(folder.toUri(), counters);
    assertTrue(
        String.valueOf(assertThrows(RangeReadException.class, () -> none.tail(4)).getMessage())
            .contains("is a folder"));
  }
}
