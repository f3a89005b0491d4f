package io.earthembed.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BandStackTest {
  /** Returns a tile of 12 x 18 pixels of 10 m; each sample encodes its band and position. */
  private static Map<Band, Raster> tile() {
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : Band.values()) {
      int ratio = band.meters() / 10;
      Raster raster = Raster.allocate(12 / ratio, 18 / ratio, 1, SampleType.UINT16);
      for (int y = 0; y < raster.height(); y++) {
        for (int x = 0; x < raster.width(); x++) {
          raster.set(y, x, 0, band.ordinal() * 1000 + y * 20 + x);
        }
      }
      bands.put(band, raster);
    }
    return bands;
  }

  @Test
  void repeatsCoarsePixels() {
    Raster stack = BandStack.of(tile());
    assertEquals("Raster[12 x 18 x 12 UINT16]", stack.toString());
    for (Band band : Band.values()) {
      int ratio = band.meters() / 10;
      for (int y = 0; y < 12; y++) {
        for (int x = 0; x < 18; x++) {
          assertEquals(
              band.ordinal() * 1000 + y / ratio * 20 + x / ratio, stack.get(y, x, band.ordinal()));
        }
      }
    }
  }

  @Test
  void namesTheBandThatIsMissingOrWrong() {
    Map<Band, Raster> bands = tile();
    bands.remove(Band.B8A);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> BandStack.of(bands));
    assertTrue(String.valueOf(e.getMessage()).contains("B8A is missing"));
    bands.put(Band.B8A, Raster.allocate(2, 2, 1, SampleType.UINT8));
    e = assertThrows(IllegalArgumentException.class, () -> BandStack.of(bands));
    assertTrue(String.valueOf(e.getMessage()).contains("B8A"));
  }

  private static Raster reals(float... values) {
    Raster band = Raster.allocate(1, values.length, 1, SampleType.FLOAT32);
    for (int x = 0; x < values.length; x++) band.set(0, x, 0, values[x]);
    return band;
  }

  @Test
  void signedDigitalNumbersStayWhatTheyAre() {
    Map<Band, Raster> bands = tile();
    Raster signed = Raster.allocate(6, 9, 1, SampleType.FLOAT32);
    signed.set(1, 2, 0, -9999);
    signed.set(2, 2, 0, Float.NaN);
    bands.put(Band.B8A, signed);
    Raster stack = BandStack.of(bands);
    assertEquals("Raster[12 x 18 x 12 FLOAT32]", stack.toString());
    assertEquals(-9999, stack.get(3, 5, Band.B8A.ordinal()));
    assertEquals(0, stack.get(4, 4, Band.B8A.ordinal()));
    assertEquals(11_000 + 20, stack.get(2, 0, Band.B12.ordinal()));
  }

  @Test
  void picturesOfSignedDigitalNumbers() {
    Raster band = reals(-9999, Float.NaN, 1000, 3999.5f, 65535, Float.POSITIVE_INFINITY);
    Raster picture = TrueColor.compose(band, band, band);
    int[] expected = {0, 0, 63, 254, 255, 255};
    for (int x = 0; x < expected.length; x++) assertEquals(expected[x], picture.get(0, x, 0));
    // All of it missing, or dark.
    for (Raster dark : new Raster[] {reals(-9999, -9999), reals(Float.NaN), reals(1, 2, 0)}) {
      assertTrue(TrueColor.thumbnail(dark, dark, dark).get(0, 0, 1) < 3);
    }
  }

  @Test
  void reflectanceIsNotTakenForDigitalNumbers() {
    Raster band = reals(0.1f, 0.83f, Float.NaN, 0);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> TrueColor.compose(band, band, band));
    assertTrue(String.valueOf(e.getMessage()).contains("0.83"), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("reflectance"), e.getMessage());
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band b : Band.values()) bands.put(b, band);
    assertThrows(IllegalArgumentException.class, () -> BandStack.of(bands));
  }

  @Test
  void placesAreNumbers() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new GeoReference(32633, bad, 0, 10));
      assertThrows(IllegalArgumentException.class, () -> new GeoReference(32633, 0, bad, 10));
      assertThrows(IllegalArgumentException.class, () -> new GeoReference(32633, 0, 0, bad));
    }
  }

  @Test
  void composesTheBrighterThumbnail() {
    Raster band = Raster.allocate(1, 4, 1, SampleType.UINT16);
    int[] numbers = {0, 1000, 3999, 10000};
    for (int x = 0; x < 4; x++) band.set(0, x, 0, numbers[x]);
    Raster thumbnail = TrueColor.thumbnail(band, band, band);
    // numpy: (1.3 * (DN / 10000) ** 0.6).clip(0, 1) * 255, as uint8
    int[] expected = {0, 83, 191, 255};
    for (int x = 0; x < 4; x++) assertEquals(expected[x], thumbnail.get(0, x, 0));
  }
}
