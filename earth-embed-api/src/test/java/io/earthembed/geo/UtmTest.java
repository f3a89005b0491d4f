package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.GoldenFiles;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtmTest {
  /** Zones as Major TOM's tests have them, with Norway's and Svalbard's exceptions. */
  @ParameterizedTest
  @CsvSource({
    "48, -4, 32630", "78, 13, 32633", "-34, 19.7, 32734", "-36, 175.7, 32760",
    "-1, -174.34, 32701", "60, 5, 32632", "75, 35, 32637", "0, 180, 32601"
  })
  void choosesTheZone(double latitude, double longitude, int epsg) {
    assertEquals(epsg, Utm.of(new GeoPoint(latitude, longitude)).epsg());
  }

  @Test
  void agreesWithProjToATenthOfAMillimetre() throws IOException {
    for (String line : GoldenFiles.lines("geo/utm.csv")) {
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
