package io.earthembed.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OrdinalSetTest {
  /** Java's own bit set is the reference. */
  @Property(tries = 500)
  void isTheBitSetItIsMadeOf(
      @ForAll @IntRange(max = 300) int size,
      @ForAll @IntRange(max = 400) int from,
      @ForAll @IntRange(max = 200) int length,
      @ForAll long seed) {
    Random random = new Random(seed);
    BitSet bits = new BitSet();
    for (int i = 0; i < size; i++) if (random.nextBoolean()) bits.set(i);
    OrdinalSet set = OrdinalSet.ofBitmap(bits.toLongArray());
    assertEquals(bits.cardinality(), set.count(size));
    assertEquals(bits.get(0, from).cardinality(), set.count(from));
    assertArrayEquals(
        set.toBitmap(size),
        OrdinalSet.where(size, i -> bits.get((int) i)).toBitmap(size),
        bits.toString());
    assertArrayEquals(
        set.toBitmap(size), OrdinalSet.of(bits.stream().asLongStream().toArray()).toBitmap(size));
    OrdinalSet slice = set.slice(from, from + length);
    // Ordinals past the slice's end are not in it.
    for (int i = 0; i < length + 130; i++) {
      assertEquals(i < length && bits.get(from + i), slice.contains(i), from + " + " + i);
    }
  }

  @Test
  void holdsAllOrNone() {
    assertTrue(OrdinalSet.all().contains(Long.MAX_VALUE));
    assertTrue(OrdinalSet.all().slice(3, 70).isAll());
    assertEquals(70, OrdinalSet.all().count(70));
    assertArrayEquals(new long[] {-1, 63}, OrdinalSet.all().toBitmap(70));
    assertFalse(OrdinalSet.none().isAll());
    assertFalse(OrdinalSet.none().contains(0));
    assertFalse(OrdinalSet.none().contains(-1));
    assertEquals(0, OrdinalSet.none().count(70));
    assertEquals("OrdinalSet[2]", OrdinalSet.of(64, 1).toString());
    assertEquals("OrdinalSet[all]", OrdinalSet.all().toString());
  }

  @Test
  void refusesWhatIsNoOrdinal() {
    OrdinalSet one = OrdinalSet.of(0);
    assertThrows(IllegalArgumentException.class, () -> OrdinalSet.of(3, -1));
    assertThrows(IllegalArgumentException.class, () -> one.slice(-1, 3));
    assertThrows(IllegalArgumentException.class, () -> one.slice(3, 2));
    assertFalse(one.slice(1, 1).contains(0));
    assertTrue(one.slice(0, 1).contains(0));
  }
}
