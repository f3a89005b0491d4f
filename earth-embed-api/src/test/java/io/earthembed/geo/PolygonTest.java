package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.Area;
import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PolygonTest {
  private static GeoPoint at(double latitude, double longitude) {
    return new GeoPoint(latitude, longitude);
  }

  private static List<GeoPoint> box(double south, double west, double north, double east) {
    return List.of(at(south, west), at(south, east), at(north, east), at(north, west));
  }

  @Test
  void holdsWhatIsInsideAndNotInAHole() {
    Polygon ring =
        Polygon.of(box(0, 0, 10, 10)).withHole(box(4, 4, 6, 6)).withHole(box(1, 1, 2, 2));
    assertTrue(ring.contains(at(3, 3)));
    assertFalse(ring.contains(at(5, 5)));
    assertFalse(ring.contains(at(1.5, 1.5)));
    assertFalse(ring.contains(at(11, 5)));
    assertFalse(ring.contains(at(5, -0.1)));
    assertEquals(new BoundingBox(0, 0, 10, 10), ring.bounds());
    assertEquals(2, ring.holes().size());
  }

  @Test
  void liesAcrossTheAntimeridian() {
    Polygon fiji = Polygon.of(box(-20, 175, -15, -175)).withHole(box(-18, 179, -17, -179));
    for (double longitude : new double[] {176, 178.9, -178.9, -175.1}) {
      assertTrue(fiji.contains(-17.5, longitude), "" + longitude);
    }
    for (double longitude : new double[] {0, 174.9, -174.9, 179.5, -179.5, 180, -180}) {
      assertFalse(fiji.contains(-17.5, longitude), "" + longitude);
    }
    assertTrue(fiji.contains(-19, 180));
    assertTrue(fiji.contains(-19, -180));
    assertEquals(new BoundingBox(175, -20, -175, -15), fiji.bounds());
    assertTrue(fiji.bounds().crossesAntimeridian());
  }

  /** The steps of a ring around the Earth may add up to slightly less than a turn. */
  @Test
  void keepsAHoleWhereAShellRoundThePoleIsRounded() {
    double[] corners = {-167.9, -155.7, -72.9, 6.6, 49.1, 60.4, 125.9, 130.4, 143.3};
    List<GeoPoint> shell = new ArrayList<>();
    for (double longitude : corners) shell.add(at(-60, longitude));
    Polygon south = Polygon.of(shell).withHole(box(-80, -172.9, -75, -162.9));
    for (double longitude = -172.8; longitude < -163; longitude += 0.1) {
      assertFalse(south.contains(-77, longitude), "" + longitude);
      assertTrue(south.contains(-81, longitude), "" + longitude);
    }
    assertTrue(south.contains(-77, -173) && south.contains(-77, -162.8));
    assertEquals(new BoundingBox(-180, -90, 180, -60), south.bounds());
  }

  /** A ring around the Earth may extend into its last turn. */
  @Test
  void holdsWhatReachesBeyondAWholeTurn() {
    // Round the pole at 60 degrees south, with a tongue at 40 to 50 south across the seam.
    Polygon tongue =
        Polygon.of(
            at(-60, 0),
            at(-60, 90),
            at(-60, 180),
            at(-60, -90),
            at(-60, -20),
            at(-40, -10),
            at(-40, 20),
            at(-50, 20),
            at(-50, -5));
    assertTrue(tongue.contains(-45, 10) && tongue.contains(-45, -5));
    assertFalse(tongue.contains(-55, 10) || tongue.contains(-45, 25));
    assertTrue(tongue.contains(-61, 10) && tongue.contains(-90, 33));
  }

  /** A hole's longitudes may differ from the shell's by whole turns. */
  @Test
  void findsAHoleOnEitherSideOfTheAntimeridian() {
    for (double west : new double[] {171, 176, 180, -179, -175}) {
      Polygon shell =
          Polygon.of(box(-20, 170, -10, -170)).withHole(box(-16, west, -14, turned(west + 4)));
      for (double longitude = 170.5; longitude < 190; longitude++) {
        double into = (longitude - west + 720) % 360;
        assertEquals(into > 4, shell.contains(-15, turned(longitude)), west + " " + longitude);
        assertTrue(shell.contains(-17, turned(longitude)));
      }
    }
  }

  private static double turned(double longitude) {
    return longitude > 180 ? longitude - 360 : longitude;
  }

  @Test
  void holdsThePoleThatARingGoesRound() {
    List<GeoPoint> circle = new ArrayList<>();
    for (int i = 0; i < 8; i++) circle.add(at(-60, -180 + 45 * i));
    Polygon south =
        Polygon.of(circle).withHole(box(-80, 170, -70, -170)).withHole(box(-80, -5, -70, 5));
    assertTrue(south.contains(-90, 12));
    assertTrue(south.contains(-61, 180));
    assertTrue(south.contains(-61, -3));
    assertFalse(south.contains(-59, -3));
    assertFalse(south.contains(90, 0));
    for (double longitude : new double[] {171, 179, -180, -171, 4, -4}) {
      assertFalse(south.contains(-75, longitude), "" + longitude);
    }
    assertTrue(south.contains(-75, 20));
    List<GeoPoint> arctic = new ArrayList<>();
    for (int i = 7; i >= 0; i--) arctic.add(at(70, -180 + 45 * i));
    assertTrue(Polygon.of(arctic).contains(90, 0));
    assertTrue(Polygon.of(arctic).contains(71, 179.99));
    assertFalse(Polygon.of(arctic).contains(69, 179.99));
  }

  @Test
  void refusesWhatIsNoRing() {
    assertThrows(IllegalArgumentException.class, () -> Polygon.of(at(0, 0), at(1, 1)));
    assertThrows(IllegalArgumentException.class, () -> Polygon.of(at(0, 0), at(1, 1), at(0, 0)));
    assertThrows(
        IllegalArgumentException.class, () -> Polygon.of(at(0, -90), at(0, 90), at(10, 0)));
  }

  /** GeoJSON's rings of the whole Earth, and of a band of latitudes, from -180 to 180. */
  @Test
  void goesAllRoundAsGeoJsonWritesIt() {
    Polygon earth = Polygon.of(box(-90, -180, 90, 180));
    Polygon clockwise = Polygon.of(at(-90, -180), at(90, -180), at(90, 180), at(-90, 180));
    Polygon repeated =
        Polygon.of(at(-90, -180), at(90, -180), at(90, 180), at(-90, 180), at(-90, -180));
    Polygon tropics = Polygon.of(box(-23, -180, 23, 180));
    Polygon arctic = Polygon.of(box(66, 180, 90, -180));
    Polygon dense =
        Polygon.of(
            at(-90, -180),
            at(-90, -90),
            at(-90, 0),
            at(-90, 90),
            at(-90, 180),
            at(90, 180),
            at(90, -180));
    for (double longitude : new double[] {-180, -179.9, -60, 0, 0.1, 90, 179.9, 180}) {
      for (double latitude : new double[] {-89.9, -45, -22.9, 0, 22.9, 45, 67, 89.9}) {
        String place = latitude + ", " + longitude;
        assertTrue(earth.contains(latitude, longitude), place);
        assertTrue(clockwise.contains(latitude, longitude), place);
        assertTrue(repeated.contains(latitude, longitude), place);
        assertTrue(dense.contains(latitude, longitude), place);
        assertEquals(Math.abs(latitude) < 23, tropics.contains(latitude, longitude), place);
        assertEquals(latitude > 66, arctic.contains(latitude, longitude), place);
      }
    }
    assertEquals(new BoundingBox(-180, -90, 180, 90), earth.bounds());
    assertEquals(new BoundingBox(-180, -23, 180, 23), tropics.bounds());
    Polygon hollow = Polygon.of(box(-90, -180, 90, 180)).withHole(box(-20, 170, 20, -170));
    assertTrue(hollow.contains(0, 160) && hollow.contains(30, 180));
    assertFalse(hollow.contains(0, 180) || hollow.contains(0, -175));
  }

  /** Corners on both sides of the antimeridian's line are one place elsewhere. */
  @Test
  void takesTheShorterWayWhereThatHasAnArea() {
    Polygon cut =
        Polygon.of(
            at(0, 170),
            at(0, 180),
            at(0, -180),
            at(0, -170),
            at(10, -170),
            at(10, -180),
            at(10, 180),
            at(10, 170));
    assertTrue(cut.contains(5, 175) && cut.contains(5, -175));
    assertFalse(cut.contains(5, 0) || cut.contains(5, 165));
    assertEquals(new BoundingBox(170, 0, -170, 10), cut.bounds());
    // Round the pole, with the last corner where the first is.
    Polygon cap =
        Polygon.of(at(60, -180), at(60, -90), at(60, 0), at(60, 90), at(60, 180), at(60, -180));
    assertTrue(cap.contains(61, 12) && cap.contains(90, 0));
    assertFalse(cap.contains(59, 12));
    // A bow tie, whose halves turn in opposite ways.
    assertTrue(Polygon.of(at(0, 0), at(10, 10), at(10, 0), at(0, 10)).contains(1, 5));
  }

  @Test
  void refusesRingsThatGoRoundMoreThanOnce() {
    List<GeoPoint> twice = new ArrayList<>();
    for (int i = 0; i < 16; i++) twice.add(at(60 + i / 10.0, turned(45.0 * i % 360)));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Polygon.of(twice));
    assertEquals("shell goes round the Earth 2 times, and may go once", e.getMessage());
    IllegalArgumentException hole =
        assertThrows(
            IllegalArgumentException.class, () -> Polygon.of(box(0, 0, 9, 9)).withHole(twice));
    assertTrue(String.valueOf(hole.getMessage()).startsWith("hole 0 goes round the Earth 2 times"));
  }

  @Test
  void refusesRingsWithoutArea() {
    for (List<GeoPoint> flat :
        List.of(
            List.of(at(0, 0), at(1, 1), at(2, 2)),
            List.of(at(5, 0), at(5, 10), at(5, 20)),
            List.of(at(0, 7), at(10, 7), at(20, 7)),
            List.of(at(0, -180), at(10, 180), at(20, -180)),
            List.of(at(0, -180), at(0, 180), at(20, -180)),
            List.of(at(0, 5), at(0, 5), at(10, 5), at(10, 5)),
            List.of(at(0, 0), at(0, 0), at(0, 0), at(0, 0)))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Polygon.of(flat), flat.toString());
      assertEquals("shell has no area", e.getMessage());
    }
  }

  /** Java's own geometry agrees on stars with many corners and a hole. */
  @Property(tries = 60)
  void agreesWithAwt(@ForAll long seed) {
    Random random = new Random(seed);
    double latitude = random.nextDouble(-50, 50);
    double longitude = random.nextDouble(-180, 180);
    int corners = 3 + random.nextInt(300);
    List<double[]> shell = star(random, latitude, longitude, corners, 10, 25);
    List<double[]> hole = star(random, latitude, longitude, 5, 1, 9);
    Area area = area(shell);
    area.subtract(area(hole));
    Polygon polygon = Polygon.of(points(shell)).withHole(points(hole));
    int inside = 0;
    for (int i = 0; i < 500; i++) {
      double y = latitude + random.nextDouble(-30, 30);
      double x = longitude + random.nextDouble(-30, 30);
      boolean expected = area.contains(x, y);
      if (expected) inside++;
      if (expected != polygon.contains(at(y, x)) && !nearEdge(area, x, y)) {
        assertEquals(expected, polygon.contains(at(y, x)), polygon + " " + y + ", " + x);
      }
    }
    assertTrue(inside > 0);
  }

  private static boolean nearEdge(Area area, double x, double y) {
    double e = 1e-6;
    boolean any = area.contains(x - e, y) || area.contains(x + e, y);
    return any && !area.contains(x - e, y - e, 2 * e, 2 * e);
  }

  private static List<double[]> star(
      Random random, double latitude, double longitude, int corners, double least, double most) {
    List<double[]> ring = new ArrayList<>();
    for (int i = 0; i < corners; i++) {
      double radius = random.nextDouble(least, most);
      double angle = 2 * Math.PI * i / corners;
      ring.add(
          new double[] {longitude + radius * Math.cos(angle), latitude + radius * Math.sin(angle)});
    }
    return ring;
  }

  private static List<GeoPoint> points(List<double[]> ring) {
    return ring.stream().map(p -> at(p[1], p[0])).toList();
  }

  private static Area area(List<double[]> ring) {
    Path2D path = new Path2D.Double();
    path.moveTo(ring.get(0)[0], ring.get(0)[1]);
    for (double[] p : ring) path.lineTo(p[0], p[1]);
    path.closePath();
    return new Area(path);
  }
}
