package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FootprintTest {
  @Test
  void wideSquaresNearThePoleLeaveNoGap() {
    List<GeoPoint> places =
        List.of(
            new GeoPoint(83, 0),
            new GeoPoint(83, 90),
            new GeoPoint(83, 180),
            new GeoPoint(83, -90));
    double[] box = Footprint.box(places, 900_000);
    assertEquals(-180, box[0]);
    assertEquals(180, box[2]);
  }

  @Test
  void aSquareAcrossTheAntimeridianHasAWestGreaterThanItsEast() {
    double[] box = Footprint.box(List.of(new GeoPoint(0, 180)), 20_000);
    assertTrue(box[0] > 179 && box[0] < 180 && box[2] < -179 && box[2] > -180);
    double[] both = Footprint.box(List.of(new GeoPoint(0, 179), new GeoPoint(1, -179)));
    assertArrayEquals(new double[] {179, 0, -179, 1}, both);
    assertArrayEquals(new double[] {7, 5, 7, 5}, Footprint.box(List.of(new GeoPoint(5, 7))));
  }

  /** The box contains every corner, and omits the widest gap, so that no narrower box does. */
  @Property(tries = 300)
  void isTheSmallestBoxOfAllSquares(@ForAll long seed) {
    Random random = new Random(seed);
    double side = Math.exp(random.nextDouble(Math.log(100), Math.log(999_000)));
    List<GeoPoint> places = new ArrayList<>();
    double middle = random.nextDouble(-180, 180);
    double spread = random.nextDouble(0, 360);
    for (int n = 1 + random.nextInt(12); n > 0; n--) {
      double longitude = Math.IEEEremainder(middle + spread * random.nextDouble(), 360);
      places.add(new GeoPoint(random.nextDouble(-90, 90), longitude));
    }
    double[] edges = Footprint.box(places, side);
    BoundingBox box = new BoundingBox(edges[0], edges[1], edges[2], edges[3]);
    List<double[]> spans = new ArrayList<>();
    for (GeoPoint place : places) {
      List<double[][]> rings = Footprint.square(place, side);
      if (rings.isEmpty()) {
        assertTrue(box.contains(place), box + " " + place);
        spans.add(new double[] {place.longitude(), place.longitude()});
      }
      for (double[][] ring : rings) {
        double west = 180;
        double east = -180;
        for (double[] corner : ring) {
          assertTrue(box.contains(corner[1], corner[0]), box + " " + corner[1] + " " + corner[0]);
          west = Math.min(west, corner[0]);
          east = Math.max(east, corner[0]);
        }
        // The square must stay in the box between its corners too.
        for (int i = 0; i <= 16; i++) {
          double x = Math.min(east, west + (east - west) * i / 16);
          assertTrue(box.contains(ring[0][1], x), box + " " + place);
        }
        spans.add(new double[] {west, east});
      }
    }
    spans.sort(Comparator.comparingDouble(span -> span[0]));
    double widest = 0;
    double reach = spans.get(0)[0];
    for (double[] span : spans) {
      widest = Math.max(widest, span[0] - reach);
      reach = Math.max(reach, span[1]);
    }
    widest = Math.max(widest, spans.get(0)[0] + 360 - reach);
    double width = box.east() - box.west() + (box.crossesAntimeridian() ? 360 : 0);
    assertEquals(360 - widest, width, 1e-9);
  }
}
