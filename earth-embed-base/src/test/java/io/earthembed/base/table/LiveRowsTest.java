package io.earthembed.base.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.vector.OrdinalSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LiveRowsTest {
  @Test
  void numbersTheRowsThatWereNotRemoved() {
    LiveRows live = LiveRows.of(130, OrdinalSet.of(0, 63, 64, 129));
    assertEquals(4, live.size());
    assertArrayEquals(new int[] {0, 63, 64, 129}, IntStream.range(0, 4).map(live::row).toArray());
    assertEquals(3, live.number(129));
    assertEquals(4, live.number(130));
    assertEquals(OrdinalSet.all(), LiveRows.of(130, OrdinalSet.all()).rows());
    assertEquals(0, LiveRows.of(0, OrdinalSet.all()).size());
  }

  /** Compares with lists of rows, for tables of up to a few words with few or many removed rows. */
  @Test
  void convertsBetweenRowsAndNumbersAsAListDoes() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      int tableRows = random.nextInt(400);
      int share = random.nextInt(1, 300);
      OrdinalSet rows = OrdinalSet.where(tableRows, i -> i % 128 > 70 || random.nextInt(share) > 0);
      LiveRows live = LiveRows.of(tableRows, rows);
      List<Integer> list = new ArrayList<>();
      for (int i = 0; i < tableRows; i++) {
        assertEquals(list.size(), live.number(i), "seed " + seed);
        if (rows.contains(i)) list.add(i);
      }
      assertEquals(list.size(), live.size());
      for (int n = 0; n < list.size(); n++) assertEquals(list.get(n), live.row(n));

      OrdinalSet numbers = OrdinalSet.where(list.size(), n -> random.nextInt(3) > 0);
      OrdinalSet expected =
          OrdinalSet.where(tableRows, i -> numbers.contains(list.indexOf((int) i)));
      assertArrayEquals(
          expected.toBitmap(tableRows), live.toRows(numbers).toBitmap(tableRows), "seed " + seed);

      int base = random.nextInt(200);
      OrdinalSet some = OrdinalSet.where(tableRows, i -> random.nextInt(3) > 0);
      long[] bitmap = new long[(base + tableRows + 63) / 64 + 1];
      live.addNumbers(some, bitmap, base);
      OrdinalSet shifted =
          OrdinalSet.where(
              64L * bitmap.length,
              i -> i >= base && i < base + list.size() && some.contains(list.get((int) i - base)));
      assertArrayEquals(shifted.toBitmap(64L * bitmap.length), bitmap, "seed " + seed);

      LiveRows less = live.without(some);
      assertEquals(list.stream().filter(row -> !some.contains(row)).count(), less.size());
    }
  }
}
