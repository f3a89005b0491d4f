package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtmTest {
  /** Zones as Major TOM's tests have them, with Norway's and Svalbard's exceptions. */
  @ParameterizedTest
  @CsvSource({
    "48, -4, 32630",
    "78, 13, 32633",
    "-34, 19.7, 32734",
    "-36, 175.7, 32760",
    "-1, -174.34, 32701",
    "60, 5, 32632",
    "75, 35, 32637",
    "0, 180, 32601",
    // The edges of Norway's exception, each with its neighbour outside.
    "56, 3, 32632",
    "55.99, 3, 32631",
    "63.99, 5, 32632",
    "64, 5, 32631",
    "60, 2.99, 32631",
    "60, 11.99, 32632",
    "60, 12, 32633",
    // And of Svalbard's.
    "72, 0, 32631",
    "71.99, 7, 32632",
    "83.99, 7, 32631",
    "84, 7, 32632",
    "75, -0.01, 32630",
    "75, 8.99, 32631",
    "75, 9, 32633",
    "75, 20.99, 32633",
    "75, 21, 32635",
    "75, 32.99, 32635",
    "75, 33, 32637",
    "75, 41.99, 32637",
    "75, 42, 32638",
    "-0.01, 3, 32731",
    "0, 3, 32631"
  })
  void choosesTheZone(double latitude, double longitude, int epsg) {
    assertEquals(epsg, Utm.of(new GeoPoint(latitude, longitude)).epsg());
  }

  @Test
  void agreesWithProjToATenthOfAMillimeter() throws IOException {
    for (String line : GoldenFiles.lines("utm.csv")) {
      String[] f = line.split(",");
      Utm zone = Utm.ofEpsg(Integer.parseInt(f[0]));
      GeoPoint point = new GeoPoint(Double.parseDouble(f[1]), Double.parseDouble(f[2]));
      Utm.Point projected = zone.project(point);
      assertEquals(Double.parseDouble(f[3]), projected.easting(), 1e-4, line);
      assertEquals(Double.parseDouble(f[4]), projected.northing(), 1e-4, line);
      GeoPoint back = zone.unproject(projected.easting(), projected.northing());
      assertEquals(point.latitude(), back.latitude(), 1e-10, line);
      assertEquals(point.longitude(), back.longitude(), 1e-9, line);
    }
  }

  @Test
  void refusesNonsense() {
    assertThrows(IllegalArgumentException.class, () -> Utm.ofEpsg(4326));
    assertThrows(IllegalArgumentException.class, () -> new Utm(61, true));
    assertThrows(IllegalArgumentException.class, () -> new Utm(33, true).unproject(Double.NaN, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Utm(1, true).project(new GeoPoint(0, 0)));
  }
}
