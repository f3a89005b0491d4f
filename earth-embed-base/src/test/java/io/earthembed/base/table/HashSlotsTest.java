package io.earthembed.base.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HashSlotsTest {
  /** Some keys share a hash, and the slots come back from their bytes. */
  @Test
  void findsWhatWasPut() {
    int n = 5000;
    HashSlots slots = HashSlots.allocate(n);
    for (int i = 0; i < n; i++) slots.put(i % 1000, i);
    HashSlots again = new HashSlots(slots.bytes());
    for (int i = 0; i < n; i++) {
      int wanted = i;
      assertEquals(i, again.find(i % 1000, found -> found == wanted));
    }
    assertEquals(3, again.find(3, found -> found % 1000 == 3));
    assertEquals(-1, again.find(1000, found -> false));
    assertEquals(-1, HashSlots.allocate(0).find(7, found -> true));
  }

  @Test
  void searchesSlotsOfAnotherProgramNotForever() {
    ByteBuffer full = ByteBuffer.allocate(40);
    while (full.hasRemaining()) full.put((byte) 1);
    HashSlots slots = new HashSlots(full.flip());
    assertThrows(IllegalArgumentException.class, () -> slots.find(7, found -> false));
    HashSlots none = new HashSlots(ByteBuffer.allocate(0));
    assertThrows(IndexOutOfBoundsException.class, () -> none.find(7, found -> false));
  }

  @Test
  void aDictionaryNumbersEqualStringsOnce() {
    StringDictionary.Builder builder = new StringDictionary.Builder();
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      assertEquals(i % 1500, builder.number("é" + i % 1500));
      if (i < 1500) strings.add("é" + i);
    }
    assertEquals(1500, builder.size());
    strings.add("é3"); // a column may hold equal strings: the first is found
    StringDictionary dictionary = StringDictionary.of(StringColumn.of(strings));
    for (int i = 0; i < 1500; i++) {
      assertEquals("é" + i, builder.build().get(i));
      assertEquals(i, dictionary.find("é" + i));
    }
    assertEquals(-1, dictionary.find("é1500"));
    assertEquals(-1, dictionary.find(""));
  }
}
