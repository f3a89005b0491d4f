package io.earthembed.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class VectorsTest {
  @Test
  void keepsRowsAcrossChunks() {
    // Three rows to a chunk, so that ten rows lie in four.
    Vectors vectors = Vectors.allocate(10, 5, 3 * 5 * 4);
    assertEquals(4, vectors.chunkCount());
    assertEquals(3, vectors.rowsPerChunk());
    for (int i = 0; i < 10; i++) vectors.set(i, new float[] {i, 0, 0, 0, -i});
    for (int i = 0; i < 10; i++) {
      assertArrayEquals(new float[] {i, 0, 0, 0, -i}, vectors.row(i));
    }
    assertEquals(5, vectors.chunk(3).remaining());
    assertThrows(IndexOutOfBoundsException.class, () -> vectors.row(10));
    assertThrows(IndexOutOfBoundsException.class, () -> vectors.row(-1));
    assertThrows(IllegalArgumentException.class, () -> vectors.set(0, new float[4]));
    vectors.set(7, new float[] {0, Float.NaN, 0, 0, 0});
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> vectors.requireFinite("queries"));
    assertEquals("queries has NaN at row 7, column 1", e.getMessage());
  }

  @Test
  void normalizesRowsAndLeavesZeros() {
    Vectors vectors = Vectors.of(new float[] {3, 4}, new float[] {0, 0});
    vectors.normalize();
    assertArrayEquals(new float[] {0.6f, 0.8f}, vectors.row(0));
    assertArrayEquals(new float[] {0, 0}, vectors.row(1));
  }

  @Test
  void wrapsOnlyWhatNativeCodeCanRead() {
    FloatBuffer direct = Vectors.of(new float[] {1, 2, 3, 4}).chunk(0);
    assertEquals(2, Vectors.wrap(direct, 2).rows());
    assertArrayEquals(new float[] {3, 4}, Vectors.wrap(direct, 2).row(1));
    assertThrows(IllegalArgumentException.class, () -> Vectors.wrap(direct, 3));
    assertThrows(IllegalArgumentException.class, () -> Vectors.wrap(FloatBuffer.allocate(4), 2));
    assertThrows(IllegalArgumentException.class, () -> Vectors.allocate(-1, 2));
    assertThrows(IllegalArgumentException.class, () -> Vectors.allocate(1, 0));
  }

  /** Four times these overflow, to nothing or to less than nothing. */
  @Test
  void refusesRowsThatNoBufferHolds() {
    for (int dimension : new int[] {1 << 29, 1 << 30, 3 << 29, Integer.MAX_VALUE}) {
      for (long rows : new long[] {0, 1, 2, 1L << 40}) {
        IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> Vectors.allocate(rows, dimension));
        assertTrue(String.valueOf(e.getMessage()).contains("dimension"), e.getMessage());
      }
      FloatBuffer direct = Vectors.of(new float[] {1, 2}).chunk(0);
      assertThrows(IllegalArgumentException.class, () -> Vectors.wrap(direct, dimension));
    }
    assertThrows(IllegalArgumentException.class, () -> Vectors.allocate(Long.MAX_VALUE, 1));
    assertThrows(IllegalArgumentException.class, () -> Vectors.allocate(1L << 61, 1));
    assertThrows(IllegalArgumentException.class, () -> Vectors.allocate(1L << 40, 1 << 28));
    assertEquals(0, Vectors.allocate(0, Vectors.MAX_DIMENSION).chunkCount());
  }

  @Property
  void isTheSetThatABitSetIs(
      @ForAll("sets") BitSet bits, @ForAll @IntRange(min = 0, max = 300) int size) {
    OrdinalSet set = OrdinalSet.of(bits.stream().asLongStream().toArray());
    BitSet below = bits.get(0, size);
    assertEquals(below.cardinality(), set.count(size));
    for (int i = 0; i < 400; i++) assertEquals(bits.get(i), set.contains(i));
    assertEquals(below, BitSet.valueOf(set.toBitmap(size)));
    assertEquals(size, BitSet.valueOf(OrdinalSet.all().toBitmap(size)).cardinality());
    assertEquals(
        below, BitSet.valueOf(OrdinalSet.where(size, i -> bits.get((int) i)).toBitmap(size)));
  }

  @net.jqwik.api.Provide
  net.jqwik.api.Arbitrary<BitSet> sets() {
    return net.jqwik.api.Arbitraries.integers()
        .between(0, 300)
        .set()
        .map(
            ordinals -> {
              BitSet bits = new BitSet();
              ordinals.forEach(bits::set);
              return bits;
            });
  }

  @Test
  void doesNotContainWhatCannotBe() {
    assertFalse(OrdinalSet.of(1).contains(-1));
    assertFalse(OrdinalSet.none().contains(0));
    assertTrue(OrdinalSet.all().isAll());
    assertThrows(IllegalArgumentException.class, () -> OrdinalSet.of(-5));
    assertThrows(IllegalArgumentException.class, () -> new Neighbors(new long[2], new float[1]));
  }
}
