package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.geo.GeoPoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class SphericalHarmonicsTest {
  /**
   * Goldens computed from the definition with 100 digits, see
   * src/test/python/make_harmonics_goldens.py.
   */
  @Test
  void equalsTheDefinition() throws IOException {
    SphericalHarmonics harmonics = new SphericalHarmonics(61);
    int lines = 0;
    try (BufferedReader goldens =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(getClass().getResourceAsStream("harmonics.csv")),
                StandardCharsets.UTF_8))) {
      for (String line = goldens.readLine(); line != null; line = goldens.readLine()) {
        String[] fields = line.split(",", -1);
        GeoPoint place = new GeoPoint(Double.parseDouble(fields[0]), Double.parseDouble(fields[1]));
        int l = Integer.parseInt(fields[2]);
        int m = Integer.parseInt(fields[3]);
        double value = harmonics.of(place)[l * l + l + m];
        assertEquals(Double.parseDouble(fields[4]), value, 2e-13, line);
        lines++;
      }
    }
    assertTrue(lines > 200, "goldens: " + lines);
  }

  /** The sum of Y(l, m)² over m is (2l + 1) / 4 pi at every place. */
  @Property(tries = 100)
  void keepsTheAdditionTheorem(
      @ForAll @DoubleRange(min = -90, max = 90) double latitude,
      @ForAll @DoubleRange(min = -180, max = 180) double longitude) {
    checkAdditionTheorem(new GeoPoint(latitude, longitude));
  }

  @Test
  void keepsTheAdditionTheoremAtThePoles() {
    checkAdditionTheorem(new GeoPoint(90, 12));
    checkAdditionTheorem(new GeoPoint(-90, 12));
    checkAdditionTheorem(new GeoPoint(Math.nextDown(90), 0));
  }

  private static void checkAdditionTheorem(GeoPoint place) {
    int degrees = 100;
    double[] features = new SphericalHarmonics(degrees).of(place);
    for (int l = 0; l < degrees; l++) {
      double sum = 0;
      for (int i = l * l; i < (l + 1) * (l + 1); i++) sum += features[i] * features[i];
      double expected = (2 * l + 1) / (4 * Math.PI);
      assertEquals(1, sum / expected, 1e-11, place + " degree " + l);
    }
  }
}
