package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * 120,000 points from pole to pole, many at the antimeridian, have the cells that the reference's
 * rule gives them, and, as the generator of the golden file asserts, PyPI's majortom_eg.
 */
class MajorTomGridGoldenTest {
  private static final int COUNT = 40_000;
  private static final int[] SPACINGS = {10, 100, 3};
  private static final short NO_ROW = Short.MIN_VALUE;

  private long state;

  /** Returns the next number of Splitmix64, as in make_grid_points_golden.py. */
  private double next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
  }

  @Test
  void namesTheCellsOfManyPoints() throws IOException {
    ByteBuffer golden;
    try (InputStream in = new GZIPInputStream(GoldenFiles.open("grid-points.bin.gz"))) {
      golden = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
    int total = COUNT * SPACINGS.length;
    assertEquals(4 * total, golden.remaining());
    int at = 0;
    int polar = 0;
    for (int spacing : SPACINGS) {
      MajorTomGrid grid = new MajorTomGrid(spacing).withLatitudeLimit(90);
      state = spacing;
      for (int i = 0; i < COUNT; i++, at++) {
        double latitude = -90 + 180 * ((i + next()) / COUNT);
        double u = next();
        double longitude =
            i % 8 == 1 ? 180 - 0.1 * u : i % 8 == 5 ? -180 + 0.1 * u : -180 + 360 * u;
        GeoPoint point = new GeoPoint(latitude, longitude);
        short row = golden.getShort(2 * at);
        if (row == NO_ROW) {
          assertThrows(IllegalArgumentException.class, () -> grid.cellOf(point));
          continue;
        }
        GridCell expected = new GridCell(row, golden.getShort(2 * (total + at)));
        assertEquals(expected, grid.cellOf(point), spacing + " km, " + latitude + ", " + longitude);
        if (Math.abs(latitude) > 85) polar++;
      }
    }
    assertTrue(polar > 6000, "points near the poles: " + polar);
  }
}
