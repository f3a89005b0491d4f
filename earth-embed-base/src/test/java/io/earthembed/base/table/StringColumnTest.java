package io.earthembed.base.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StringColumnTest {
  private static final Path FILE = Path.of("a-file");

  /**
   * Returns empty strings, ASCII, characters of two to four bytes, and strings longer than a
   * segment.
   */
  private static List<String> strings() {
    Random random = new Random(1);
    List<String> strings = new ArrayList<>(List.of("", "a", "é", "漢字", "\uD83D\uDEF0", ""));
    for (int i = 0; i < 2000; i++) strings.add("tile-" + i + "x".repeat(random.nextInt(100)));
    strings.add("y".repeat(1 << 16));
    strings.add("é".repeat(100_000));
    strings.add("");
    return strings;
  }

  private static void assertHolds(List<String> strings, StringColumn column) {
    assertEquals(strings.size(), column.size());
    for (int i = 0; i < strings.size(); i++) {
      String string = strings.get(i);
      byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
      assertEquals(string, column.get(i));
      assertArrayEquals(utf8, column.bytes(i));
      assertTrue(column.is(i, string) && column.is(i, utf8), string);
      for (String other : List.of(string + "a", string + "é", "b" + string)) {
        assertFalse(column.is(i, other), other);
        assertFalse(column.is(i, other.getBytes(StandardCharsets.UTF_8)), other);
      }
      if (!string.isEmpty()) {
        String shorter = string.substring(0, string.length() - 1);
        assertFalse(column.is(i, shorter), string);
        assertFalse(column.is(i, shorter + "b"), string);
        assertFalse(column.is(i, ""), string);
      }
    }
    assertThrows(IndexOutOfBoundsException.class, () -> column.get(strings.size()));
    assertThrows(IndexOutOfBoundsException.class, () -> column.get(-1));
  }

  private static ByteBuffer joined(List<ByteBuffer> parts) {
    ByteBuffer all =
        ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (ByteBuffer part : parts) all.put(part.duplicate());
    return all.flip();
  }

  @Test
  void holdsItsStringsInEitherForm() {
    List<String> strings = strings();
    StringColumn built = StringColumn.of(strings);
    assertHolds(strings, built);
    List<ByteBuffer> ends = built.shortSections();
    StringColumn ofShort = StringColumn.ofShort(ends.get(0), ends.get(1));
    assertHolds(strings, ofShort);
    assertEquals(ends, ofShort.shortSections());
    List<List<ByteBuffer>> positions = ofShort.longSections();
    assertEquals(joined(built.longSections().get(0)), joined(positions.get(0)));
    StringColumn ofLong =
        StringColumn.ofLong(
            FILE, List.of(joined(positions.get(0))), List.of(joined(positions.get(1))));
    assertHolds(strings, ofLong);
    assertArrayEquals(built.sha256(), ofLong.sha256());
    assertArrayEquals(built.sha256(), ofShort.sha256());
  }

  @Test
  void holdsNothing() {
    StringColumn none = StringColumn.of(List.of());
    assertHolds(List.of(), none);
    List<ByteBuffer> ends = none.shortSections();
    assertHolds(List.of(), StringColumn.ofShort(ends.get(0), ends.get(1)));
    assertEquals(-1, StringDictionary.of(none).find(""));
  }

  @Test
  void refusesLongStringsAndKeepsTheOthers() {
    StringColumn.Builder builder = new StringColumn.Builder();
    builder.add("first");
    String tooLong = "z".repeat(StringColumn.MAX_LENGTH + 1);
    assertThrows(IllegalArgumentException.class, () -> builder.add(tooLong));
    builder.add("second");
    assertHolds(List.of("first", "second"), builder.build());
  }

  private static void assertCorrupt(String problem, byte[] utf8, long... positions) {
    ByteBuffer section =
        ByteBuffer.allocate(Long.BYTES * positions.length).order(ByteOrder.LITTLE_ENDIAN);
    section.asLongBuffer().put(positions);
    CorruptDataException e =
        assertThrows(
            CorruptDataException.class,
            () -> StringColumn.ofLong(FILE, List.of(section), List.of(ByteBuffer.wrap(utf8))));
    assertTrue(e.getMessage().contains("a-file") && e.getMessage().contains(problem), e::toString);
  }

  @Test
  void refusesPositionsThatMakeNoSense() {
    assertCorrupt("without positions", new byte[0]);
    assertCorrupt("overlap", new byte[9], 1, 2);
    assertCorrupt("overlap", new byte[9], 0, 5, 4);
    assertCorrupt("of 16777217 bytes", new byte[9], 0, (1 << 24) + 1);
    assertCorrupt("beyond their end", new byte[9], 0, 5, 10);
    assertCorrupt("text 1 is not UTF-8", new byte[] {'a', (byte) 0xC3}, 0, 1, 2);
  }

  /** The short form is checked as it is read. */
  @Test
  void readsNothingOutsideItsBytes() {
    for (int[] positions : new int[][] {{5, 3}, {-4, 2}, {0, 11}, {Integer.MIN_VALUE, 9}}) {
      ByteBuffer ends = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      ends.putInt(0, positions[0]).putInt(4, positions[1]);
      StringColumn column = StringColumn.ofShort(ends, ByteBuffer.allocate(10));
      assertThrows(IndexOutOfBoundsException.class, () -> column.get(1));
    }
  }
}
