package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class PlacesTest {
  @Test
  void bringsLongitudesIntoRange() {
    assertEquals(-180, new GeoPoint(0, 180).longitude());
    assertEquals(-170, new GeoPoint(0, 190).longitude());
    assertEquals(170, new GeoPoint(0, -190).longitude());
    for (double far : new double[] {-1e34, 1e300, Math.nextDown(-180.0), -540, 540}) {
      double longitude = new GeoPoint(0, far).longitude();
      assertTrue(longitude >= -180 && longitude < 180, far + " became " + longitude);
    }
    assertThrows(IllegalArgumentException.class, () -> new GeoPoint(90.1, 0));
    assertThrows(IllegalArgumentException.class, () -> new GeoPoint(Double.NaN, 0));
    assertThrows(IllegalArgumentException.class, () -> new GeoPoint(0, Double.POSITIVE_INFINITY));
  }

  @Test
  void measuresGreatCircles() {
    // A quarter of the sphere, and a degree of a meridian, on any path.
    assertEquals(
        Math.PI / 2 * GeoPoint.EARTH_RADIUS,
        new GeoPoint(0, 0).distanceTo(new GeoPoint(0, 90)),
        1e-3);
    assertEquals(111_195.08, new GeoPoint(10, 5).distanceTo(new GeoPoint(11, 5)), 0.01);
    assertEquals(
        new GeoPoint(0, 179.5).distanceTo(new GeoPoint(0, -179.5)),
        new GeoPoint(0, 0.5).distanceTo(new GeoPoint(0, -0.5)),
        1e-6);
  }

  @Test
  void measuresChords() {
    GeoPoint a = new GeoPoint(48.2, 16.4);
    assertArrayEquals(new double[] {1, 0, 0}, new GeoPoint(0, 0).unitVector(), 1e-15);
    assertArrayEquals(new double[] {0, 1, 0}, new GeoPoint(0, 90).unitVector(), 1e-15);
    assertArrayEquals(new double[] {0, 0, 1}, new GeoPoint(90, 77).unitVector(), 1e-15);
    for (GeoPoint b : List.of(a, new GeoPoint(-33, -70), new GeoPoint(-48.2, -163.6))) {
      double square = 0;
      for (int i = 0; i < 3; i++) square += Math.pow(a.unitVector()[i] - b.unitVector()[i], 2);
      assertEquals(Math.sqrt(square), GeoPoint.chord(a.distanceTo(b)), 1e-9);
    }
    assertEquals(2, GeoPoint.chord(1e12));
  }

  @Test
  void crossesTheAntimeridian() {
    BoundingBox fiji = new BoundingBox(177, -20, -178, -15);
    assertTrue(fiji.crossesAntimeridian());
    assertTrue(fiji.contains(new GeoPoint(-17, 179)));
    assertTrue(fiji.contains(new GeoPoint(-17, 180)));
    assertTrue(fiji.contains(new GeoPoint(-17, -179)));
    assertFalse(fiji.contains(new GeoPoint(-17, 0)));
    assertFalse(fiji.contains(new GeoPoint(-21, 179)));
    BoundingBox east = new BoundingBox(170, -10, 180, 10);
    assertTrue(east.contains(new GeoPoint(0, 180)), "-180 and 180 are the same meridian");
    assertThrows(IllegalArgumentException.class, () -> new BoundingBox(0, 10, 1, -10));
  }

  @Property
  void splitsAtTheAntimeridian(
      @ForAll @DoubleRange(min = -90, max = 90) double latitude,
      @ForAll @DoubleRange(min = -180, max = 180) double longitude) {
    GeoPoint point = new GeoPoint(latitude, longitude);
    boolean either =
        new BoundingBox(160, -90, 180, 90).contains(point)
            || new BoundingBox(-180, -90, -150, 90).contains(point);
    assertEquals(either, new BoundingBox(160, -90, -150, 90).contains(point));
  }
}
