package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class AntimeridianTest {
  private static GeoPoint at(double longitude, double latitude) {
    return new GeoPoint(latitude, longitude);
  }

  private static void assertRing(double[][] ring, double... expected) {
    double[] flat = new double[2 * ring.length];
    for (int i = 0; i < ring.length; i++) {
      flat[2 * i] = ring[i][0];
      flat[2 * i + 1] = ring[i][1];
    }
    assertArrayEquals(expected, flat, 1e-12);
  }

  @Test
  void keepsPolygonsOfOneSide() {
    List<double[][]> rings =
        Antimeridian.cut(List.of(at(178, 0), at(180, 0), at(180, 2), at(178, 2)));
    assertEquals(1, rings.size());
    assertRing(rings.get(0), 178, 0, 180, 0, 180, 2, 178, 2, 178, 0);
  }

  @Test
  void cutsWhereverTheFirstCornerLies() {
    List<double[][]> east =
        Antimeridian.cut(List.of(at(179, 0), at(-178, 3), at(-178, 5), at(179, 2)));
    assertEquals(2, east.size());
    assertRing(east.get(0), 179, 0, 180, 1, 180, 3, 179, 2, 179, 0);
    assertRing(east.get(1), -180, 1, -178, 3, -178, 5, -180, 3, -180, 1);
    List<double[][]> west =
        Antimeridian.cut(List.of(at(-178, 3), at(-178, 5), at(179, 2), at(179, 0)));
    assertEquals(2, west.size());
    assertRing(west.get(0), 180, 3, 179, 2, 179, 0, 180, 1, 180, 3);
    assertRing(west.get(1), -178, 3, -178, 5, -180, 3, -180, 1, -178, 3);
  }

  @Test
  void refusesFewerThanThreeCorners() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> Antimeridian.cut(List.of(at(0, 0), at(1, 1))))
            .getMessage();
    assertEquals("corners must be at least 3: 2", message);
  }
}
