package io.earthembed.collection;

import io.earthembed.base.table.LiveRows;
import io.earthembed.base.table.SectionFile;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.OrdinalSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of the files in a collection's folder, and the file of removed rows. */
final class SegmentFiles {
  private static final long REMOVED = 0x31445652_4F434545L; // "EECORVD1" in little-endian order

  /**
   * Matches the files of segments, including temporary ones, and captures the id. Numbers before
   * the name are the shards of an index that has one file each.
   */
  private static final Pattern OWN =
      Pattern.compile(
          "(?:\\d+-\\d+\\.)*(?:catalog|vectors|index|removed)-([0-9a-f-]{36})\\.bin(?:\\..+\\.tmp)?");

  private static final Pattern TEMPORARY_MANIFEST =
      Pattern.compile(Pattern.quote(Manifest.FILE) + "\\..+\\.tmp");

  private SegmentFiles() {}

  static Path catalog(Path folder, String id) {
    return folder.resolve("catalog-" + id + ".bin");
  }

  static Path vectors(Path folder, String id) {
    return folder.resolve("vectors-" + id + ".bin");
  }

  static Path index(Path folder, String id) {
    return folder.resolve("index-" + id + ".bin");
  }

  private static Path removed(Path folder, String id) {
    return folder.resolve("removed-" + id + ".bin");
  }

  /** Writes the bitmap of the rows that are not live. */
  static void writeRemoved(Path folder, String id, LiveRows live) {
    long[] words = live.rows().toBitmap(live.tableRows());
    ByteBuffer bytes = SectionFile.allocate(8L * words.length);
    for (long word : words) bytes.putLong(~word);
    int beyond = live.tableRows() & 63;
    if (beyond != 0)
      bytes.putLong(8 * (words.length - 1), ~words[words.length - 1] & (1L << beyond) - 1);
    SectionFile.write(removed(folder, id), REMOVED, List.of(List.of(bytes.flip())));
  }

  /**
   * Reads the live rows of a segment.
   *
   * @param id names the file of removed rows; empty if all rows are live
   * @param rows rows of the segment's catalog
   */
  static LiveRows readLive(Path folder, String id, long rows) {
    int tableRows = Math.toIntExact(rows);
    if (id.isEmpty()) return LiveRows.of(tableRows, OrdinalSet.all());
    Path file = removed(folder, id);
    LongBuffer removed = SectionFile.open(file, REMOVED, 1).get(0).get(0).asLongBuffer();
    if (removed.remaining() != (tableRows + 63) / 64) {
      throw new CorruptDataException(file.toString(), "a bitmap of another length");
    }
    long[] words = new long[removed.remaining()];
    for (int w = 0; w < words.length; w++) words[w] = ~removed.get(w);
    return LiveRows.of(tableRows, OrdinalSet.ofBitmap(words));
  }

  /** Removes the files of some ids. */
  static void remove(Path folder, Set<String> ids) {
    if (!ids.isEmpty()) removeIf(folder, ids::contains, false);
  }

  /** Removes all files that a manifest does not name, such as those of a killed process. */
  static void removeOthers(Path folder, Manifest manifest) {
    Set<String> named =
        manifest.segments().stream()
            .flatMap(segment -> Stream.of(segment.id(), segment.removed()))
            .collect(Collectors.toSet());
    removeIf(folder, id -> !named.contains(id), true);
  }

  private static void removeIf(Path folder, Predicate<String> ids, boolean temporary) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        Matcher own = OWN.matcher(name);
        boolean unused =
            own.matches() && (ids.test(own.group(1)) || temporary && name.endsWith(".tmp"));
        if (unused || temporary && TEMPORARY_MANIFEST.matcher(name).matches()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": an unused file cannot be removed: " + e, e);
    }
  }
}
