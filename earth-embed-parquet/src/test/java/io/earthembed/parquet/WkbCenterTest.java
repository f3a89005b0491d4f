package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Geometries that no good program writes; ForeignFilesTest reads those of shapely and DuckDB. */
class WkbCenterTest {
  private static final int TRIES = 50_000;

  /** Returns a multipolygon of two squares, in big-endian order. */
  private static byte[] squares() {
    ByteBuffer wkb = ByteBuffer.allocate(9 + 2 * (13 + 80));
    wkb.put((byte) 0).putInt(6).putInt(2);
    for (int i = 0; i < 2; i++) {
      double west = 10 * i;
      wkb.put((byte) 0).putInt(3).putInt(1).putInt(5);
      for (double[] corner : new double[][] {{0, 0}, {2, 0}, {2, 2}, {0, 2}, {0, 0}}) {
        wkb.putDouble(west + corner[0]).putDouble(corner[1]);
      }
    }
    return wkb.array();
  }

  @Test
  void weighsPolygonsByArea() {
    assertArrayEquals(new double[] {6, 1}, WkbCenter.of(squares(), true), 1e-12);
  }

  @Test
  void takesTheMiddleOfAPolygonWithoutArea() {
    byte[] flat = squares();
    ByteBuffer wkb = ByteBuffer.wrap(flat);
    for (int polygon = 0; polygon < 2; polygon++) {
      for (int i = 0; i < 5; i++) wkb.putDouble(9 + 93 * polygon + 13 + 16 * i + 8, 4);
    }
    assertArrayEquals(new double[] {6, 4}, WkbCenter.of(flat, true), 1e-12);
  }

  @Test
  void refusesDamageByItsOwnException() {
    Random random = new Random(3);
    byte[] good = squares();
    int refused = 0;
    for (int i = 0; i < TRIES; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int n = random.nextInt(4); n >= 0 && bad.length > 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        WkbCenter.of(bad, random.nextBoolean());
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertTrue(refused > TRIES / 2, refused + " refused");
  }

  @Test
  void refusesNestedCollectionsAndHugeCounts() {
    ByteBuffer nested = ByteBuffer.allocate(9 * 100_000);
    while (nested.hasRemaining()) nested.put((byte) 0).putInt(6).putInt(1);
    assertThrows(IllegalArgumentException.class, () -> WkbCenter.of(nested.array(), true));
    byte[] huge = squares();
    ByteBuffer.wrap(huge).putInt(5, Integer.MAX_VALUE);
    assertThrows(IllegalArgumentException.class, () -> WkbCenter.of(huge, true));
  }
}
