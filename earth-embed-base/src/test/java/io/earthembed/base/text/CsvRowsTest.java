package io.earthembed.base.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.base.text.CsvRows.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvRowsTest {
  @Test
  void fieldsMayBeQuotedAndLinesMayEndInThreeWays() {
    assertEquals(
        List.of(
            new Row(1, List.of("a", "b")),
            new Row(2, List.of("1, \"x\"", "")),
            new Row(3, List.of("\r\n", "y\nz")),
            new Row(6, List.of("", "")),
            new Row(7, List.of("no \"quotes\" here", "end"))),
        CsvRows.read(
            "\uFEFFa,b\r\n\"1, \"\"x\"\"\",\n\"\r\n\",\"y\nz\"\r,\nno \"quotes\" here,end"));
  }

  @Test
  void emptyLinesAreLeftOutButCounted() {
    assertEquals(List.of(), CsvRows.read(""));
    assertEquals(List.of(), CsvRows.read("\n \r\n\r"));
    assertEquals(
        List.of(new Row(3, List.of("a")), new Row(5, List.of("b"))),
        CsvRows.read("\n\r\na\n\nb\n"));
  }

  @Test
  void brokenQuotesAreRefusedWithTheirLine() {
    IllegalArgumentException open =
        assertThrows(IllegalArgumentException.class, () -> CsvRows.read("a\n\"b\nc"));
    assertEquals("line 2: a quoted field does not end", open.getMessage());
    IllegalArgumentException more =
        assertThrows(IllegalArgumentException.class, () -> CsvRows.read("a\n\n\"b\"c"));
    assertEquals("line 3: text follows the closing quote of a field", more.getMessage());
  }
}
