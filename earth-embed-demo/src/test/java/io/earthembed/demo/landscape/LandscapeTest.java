package io.earthembed.demo.landscape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LandscapeTest {
  private static final int SEEDS = 20;

  @ParameterizedTest
  @EnumSource
  void sameKindSeedAndSizeGiveTheSamePixels(LandscapeKind kind) {
    assertEquals(checksum(kind, 5), checksum(kind, 5));
    assertNotEquals(checksum(kind, 5), checksum(kind, 6));
  }

  @ParameterizedTest
  @EnumSource
  void reflectanceStaysInTheRangeOfALandSurface(LandscapeKind kind) {
    for (Band band : Band.values()) {
      Raster raster = Landscape.generate(kind, 3, 60).band(band);
      assertEquals(60 * 10 / band.meters(), raster.width(), band.name());
      for (int y = 0; y < raster.height(); y++) {
        for (int x = 0; x < raster.width(); x++) {
          double value = raster.get(y, x, 0);
          assertTrue(value > 0 && value <= 12_000, kind + " " + band + " " + value);
        }
      }
    }
  }

  @Test
  void forestIsGreen() {
    for (int seed = 0; seed < SEEDS; seed++) {
      double ndvi = index(LandscapeKind.FOREST, seed, Band.B08, Band.B04);
      assertTrue(ndvi > 0.5, "NDVI of seed " + seed + ": " + ndvi);
    }
  }

  @Test
  void waterStandsInTheMiddleOfALake() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Landscape lake = Landscape.generate(LandscapeKind.LAKE, seed, 64);
      double green = lake.band(Band.B03).get(32, 32, 0);
      double infrared = lake.band(Band.B08).get(32, 32, 0);
      double ndwi = (green - infrared) / (green + infrared);
      assertTrue(ndwi > 0, "NDWI of seed " + seed + ": " + ndwi);
    }
  }

  @Test
  void snowIsBrightAndDarkInTheShortwaveInfrared() {
    for (int seed = 0; seed < SEEDS; seed++) {
      double red = mean(LandscapeKind.SNOW, seed, Band.B04);
      double ndsi = index(LandscapeKind.SNOW, seed, Band.B03, Band.B11);
      assertTrue(red > 2500, "red of seed " + seed + ": " + red);
      assertTrue(ndsi > 0.4, "NDSI of seed " + seed + ": " + ndsi);
    }
  }

  @Test
  void desertIsBareAndReddish() {
    for (int seed = 0; seed < SEEDS; seed++) {
      assertTrue(index(LandscapeKind.DESERT, seed, Band.B08, Band.B04) < 0.2);
      assertTrue(
          mean(LandscapeKind.DESERT, seed, Band.B04) > mean(LandscapeKind.DESERT, seed, Band.B02));
    }
  }

  @Test
  void sizesOutsideTheRangeAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Landscape.generate(LandscapeKind.RIVER, 1, 15));
    assertThrows(
        IllegalArgumentException.class, () -> Landscape.generate(LandscapeKind.RIVER, 1, 4097));
  }

  private static long checksum(LandscapeKind kind, long seed) {
    CRC32 crc = new CRC32();
    Landscape landscape = Landscape.generate(kind, seed, 32);
    for (Band band : Band.values()) crc.update(landscape.band(band).data());
    return crc.getValue();
  }

  /** Returns the normalised difference of two bands' means. */
  private static double index(LandscapeKind kind, long seed, Band plus, Band minus) {
    double a = mean(kind, seed, plus);
    double b = mean(kind, seed, minus);
    return (a - b) / (a + b);
  }

  private static double mean(LandscapeKind kind, long seed, Band band) {
    Raster raster = Landscape.generate(kind, seed, 64).band(band);
    double sum = 0;
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) sum += raster.get(y, x, 0);
    }
    return sum / (raster.height() * raster.width());
  }
}
