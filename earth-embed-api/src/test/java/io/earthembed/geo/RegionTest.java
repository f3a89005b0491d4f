package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionTest {
  private static Polygon ring(double... longitudeLatitude) {
    List<GeoPoint> corners = new ArrayList<>();
    for (int i = 0; i < longitudeLatitude.length; i += 2) {
      corners.add(new GeoPoint(longitudeLatitude[i + 1], longitudeLatitude[i]));
    }
    return Polygon.of(corners);
  }

  private static BoundingBox box(double west, double south, double east, double north) {
    return new BoundingBox(west, south, east, north);
  }

  @Test
  void boundsOfSeveralPartsLeaveOutTheWidestGap() {
    Region fiji = Region.union(List.of(box(176, -20, 180, -15), box(-180, -21, -178, -16)));
    assertEquals(box(176, -21, -178, -15), fiji.bounds());
    assertEquals(List.of(box(176, -21, 180, -15), box(-180, -21, -178, -15)), fiji.boxes());
    assertEquals(
        box(-10, 0, 30, 1),
        Region.union(List.of(box(20, 0, 30, 1), box(-10, 0, 15, 1), box(0, 0, 5, 1))).bounds());
    assertEquals(
        box(100, 0, -100, 1),
        Region.union(List.of(box(170, 0, -100, 1), box(100, 0, 110, 1))).bounds());
    assertEquals(
        box(-180, -90, 180, 90),
        Region.union(List.of(box(-180, -90, 10, 0), box(10, 0, 180, 90))).bounds());
    assertEquals(List.of(box(0, 0, 1, 1)), ring(0, 0, 1, 0, 1, 1).boxes());
  }

  @Test
  void aUnionHoldsThePointsOfAllParts() {
    Polygon triangle = ring(0, 0, 10, 0, 0, 10);
    Region both = Region.union(List.of(triangle, box(170, -5, -170, 5)));
    assertTrue(both.contains(2, 2));
    assertFalse(both.contains(8, 8));
    assertTrue(both.contains(0, 180) && both.contains(0, -180) && both.contains(5, -170));
    assertFalse(both.contains(0, -169));
    assertEquals(2, both.parts().size());
    assertEquals(3, Region.union(List.of(both, box(1, 1, 2, 2))).parts().size());
    assertEquals(triangle, Region.union(List.of(triangle)));
    assertThrows(IllegalArgumentException.class, () -> Region.union(List.of()));
  }

  @Test
  void boxesIntersectAcrossTheAntimeridian() {
    BoundingBox pacific = box(170, -10, -170, 10);
    assertTrue(pacific.intersects(box(-180, 0, -175, 1)));
    assertTrue(pacific.intersects(box(175, 10, 180, 20)), "an edge in common");
    assertTrue(pacific.intersects(box(-170, 0, 170, 1)), "edges in common");
    assertFalse(pacific.intersects(box(-169, 0, 169, 1)));
    assertFalse(pacific.intersects(box(175, 11, 180, 20)));
    assertTrue(box(0, 0, 180, 1).intersects(box(-180, 0, -90, 1)), "the same meridian");
    assertTrue(box(-180, 0, 180, 1).intersects(box(5, 1, 6, 2)));
  }

  @Test
  void polygonsIntersectBoxesThatHoldNoCorner() {
    Polygon bar = ring(-50, -1, 50, -1, 50, 1, -50, 1);
    assertTrue(bar.intersects(box(0, -10, 1, 10)), "edges go through the box");
    assertTrue(bar.intersects(box(0, -0.5, 1, 0.5)), "the box is inside");
    assertTrue(bar.intersects(box(-60, -10, 60, 10)), "the polygon is inside");
    assertFalse(bar.intersects(box(0, 2, 1, 10)));
    Polygon holed = bar.withHole(ring(-10, -0.9, 10, -0.9, 10, 0.9, -10, 0.9).shell());
    assertFalse(holed.intersects(box(-1, -0.5, 1, 0.5)), "the box is in the hole");
    assertTrue(holed.intersects(box(-1, -0.5, 1, 0.95)));
    Polygon diagonal = ring(170, 0, -170, 20, -171, 21);
    assertTrue(diagonal.intersects(box(-180, 9, -179, 11)));
    assertFalse(diagonal.intersects(box(-180, 0, -170, 5)), "beside the diagonal");
    Polygon south = ring(0, -60, 120, -60, -120, -60);
    assertTrue(south.intersects(box(-50, -90, -40, -85)), "at the pole");
    assertFalse(south.intersects(box(-180, -55, 180, -50)));
  }

  /** A box that holds a point of the region intersects it, and so does a box around a corner. */
  @Test
  void noBoxWithAPointInsideIsLeftOut() {
    Random random = new Random(5);
    for (int number = 0; number < 400; number++) {
      double x = random.nextDouble() * 360 - 180;
      double y = random.nextDouble() * 120 - 60;
      List<GeoPoint> corners = new ArrayList<>();
      int n = 3 + random.nextInt(9);
      for (int i = 0; i < n; i++) {
        double angle = 2 * Math.PI * (i + random.nextDouble() * 0.9) / n;
        double size = 1 + 25 * random.nextDouble();
        corners.add(new GeoPoint(y + size * Math.sin(angle), x + size * Math.cos(angle)));
      }
      Polygon polygon = Polygon.of(corners);
      Region region = Region.union(List.of(polygon, box(10, 10, 11, 11)));
      for (int i = 0; i < 200; i++) {
        double latitude = random.nextDouble() * 180 - 90;
        double longitude = random.nextDouble() * 360 - 180;
        double size = random.nextDouble() * 5;
        BoundingBox around =
            new BoundingBox(
                new GeoPoint(0, longitude - size).longitude(),
                Math.max(-90, latitude - size),
                new GeoPoint(0, longitude + size).longitude(),
                Math.min(90, latitude + size));
        boolean holds = region.contains(latitude, longitude);
        if (holds) assertTrue(region.intersects(around), number + ": " + around);
        // A point far from the box is in no small box at the point: the negative is exact.
        BoundingBox point = new BoundingBox(longitude, latitude, longitude, latitude);
        assertEquals(holds, region.intersects(point), number + ": " + point);
        if (region.intersects(around)) assertTrue(region.bounds().intersects(around), "" + number);
      }
    }
  }

  /** Edges that reach into all slabs would take memory in the square of their number. */
  @Test
  void aZigzagOfManyLongEdgesTakesLittleMemory() {
    List<GeoPoint> corners = new ArrayList<>();
    int teeth = 20_000;
    for (int i = 0; i < teeth; i++) {
      corners.add(new GeoPoint(i % 2 == 0 ? 0 : 80, i * 100.0 / teeth));
    }
    corners.add(new GeoPoint(-1, 100));
    corners.add(new GeoPoint(-1, 0));
    Polygon zigzag = Polygon.of(corners);
    assertTrue(zigzag.contains(-0.5, 50));
    assertFalse(zigzag.contains(79.999, 50.0));
  }
}
