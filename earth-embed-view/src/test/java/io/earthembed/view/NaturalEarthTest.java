package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.geo.GeoPoint;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NaturalEarthTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Manaus, -3.1, -60.0, true",
    "Madrid, 40.4, -3.7, true",
    "Ulan Bator, 47.9, 106.9, true",
    "Alice Springs, -23.7, 133.9, true",
    "Chukotka west of 180, 67.0, 179.0, true",
    "Chukotka east of 180, 66.5, -178.0, true",
    "South Pole, -90, 0, true",
    "Antarctica at 180, -85, -180, true",
    "Antarctica at 179.999, -85, 179.999, true",
    "Viti Levu, -17.8, 178.0, true",
    "North Pole, 90, 0, false",
    "Gulf of Guinea, 0, 0, false",
    "Pacific, 0, -150, false",
    "Bering Sea at 180, 58, 180, false",
    "Caspian Sea, 42, 50.5, false",
    "Mediterranean, 35, 18, false"
  })
  void knowsLandFromWater(String name, double latitude, double longitude, boolean land) {
    assertEquals(land, NaturalEarth.isLand(new GeoPoint(latitude, longitude)), name);
  }

  @Test
  void landIsAboutThreeTenthsOfTheEarth() {
    Random random = new Random(1);
    int land = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      double latitude = Math.toDegrees(Math.asin(2 * random.nextDouble() - 1));
      if (NaturalEarth.isLand(new GeoPoint(latitude, random.nextDouble() * 360 - 180))) land++;
    }
    // 29.2 % in the literature, without the ice shelves of Antarctica.
    assertEquals(0.292, land / (double) n, 0.01);
  }

  @Test
  void ringsStayOnTheMap() {
    assertTrue(NaturalEarth.land().size() > 1000);
    for (NaturalEarth.Ring ring : NaturalEarth.land()) {
      assertTrue(ring.size() >= 3);
      for (int i = 0; i < ring.size(); i++) {
        assertTrue(Math.abs(ring.longitude(i)) <= 180 && Math.abs(ring.latitude(i)) <= 90);
        // An edge across the whole map would cross the antimeridian. Only Antarctica's edges along
        // the pole and the map's edge are that long.
        int next = (i + 1) % ring.size();
        assertTrue(
            Math.abs(ring.longitude(next) - ring.longitude(i)) < 180 || ring.latitude(i) < -89.9,
            () -> "a ring crosses the antimeridian");
      }
    }
  }
}
