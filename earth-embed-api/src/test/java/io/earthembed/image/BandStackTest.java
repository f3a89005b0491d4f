package io.earthembed.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BandStackTest {
  /** A tile of 12 x 18 pixels of 10 m; each sample says where it is from. */
  private static Map<Band, Raster> tile() {
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : Band.values()) {
      int ratio = band.metres() / 10;
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
      int ratio = band.metres() / 10;
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

  @Test
  void composesTheBrighterThumbnail() {
    Raster band = Raster.allocate(1, 4, 1, SampleType.UINT16);
    int[] numbers = {0, 1000, 3999, 10000};
    for (int x = 0; x < 4; x++) band.set(0, x, 0, numbers[x]);
    Raster thumbnail = TrueColour.thumbnail(band, band, band);
    // numpy: (1.3 * (DN / 10000) ** 0.6).clip(0, 1) * 255, as uint8
    int[] expected = {0, 83, 191, 255};
    for (int x = 0; x < 4; x++) assertEquals(expected[x], thumbnail.get(0, x, 0));
  }
}
