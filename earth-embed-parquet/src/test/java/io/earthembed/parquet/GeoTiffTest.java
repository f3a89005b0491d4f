package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthEmbedException;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeoTiffTest {
  private static final Path FOLDER = Path.of("src/test/resources/io/earthembed/parquet/tif");
  private static final GeoReference PLACE = new GeoReference(32733, 431_230, 7_654_320, 10);

  private static int pixel(int row, int column) {
    return row * 1000 + column * 37 + row * column % 11;
  }

  /** Made by GDAL; see make_geotiffs.py. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "big-endian",
        "strips-deflate",
        "strips-lzw-predictor",
        "tiles-deflate-predictor",
        "tiles-lzw",
        "big-endian-lzw-predictor"
      })
  void readsWhatGdalWrites(String form) throws Exception {
    Raster raster = GeoTiff.read(Files.readAllBytes(FOLDER.resolve(form + ".tif")), form);
    assertEquals(48, raster.height());
    assertEquals(80, raster.width());
    assertEquals(PLACE, raster.reference());
    for (int y = 0; y < 48; y++) {
      for (int x = 0; x < 80; x++) assertEquals(pixel(y, x), raster.get(y, x, 0), y + ", " + x);
    }
  }

  @Test
  void readsWhatItWrites() throws Exception {
    Raster raster = GeoTiff.read(Files.readAllBytes(FOLDER.resolve("plain.tif")), "plain");
    Raster again = GeoTiff.read(GeoTiff.write(raster), "again");
    assertEquals(raster.data(), again.data());
    assertEquals(PLACE, again.reference());
  }

  /** Noise of the size of a published tile, which deflate hardly makes smaller. */
  @Test
  void readsWhatItWritesWhateverItsSize() {
    Random random = new Random(2);
    for (int side : new int[] {1, 300, 1068}) {
      Raster noise = Raster.allocate(side, side, 1, SampleType.UINT16);
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) noise.set(y, x, 0, random.nextInt(65_536));
      }
      assertEquals(noise.data(), GeoTiff.read(GeoTiff.write(noise), "noise").data());
    }
  }

  @Test
  void survivesDamage() throws Exception {
    byte[] good = Files.readAllBytes(FOLDER.resolve("tiles-deflate-predictor.tif"));
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      byte[] bad = good.clone();
      if (i % 3 == 0) bad = Arrays.copyOf(good, random.nextInt(good.length));
      else bad[random.nextInt(i % 3 == 1 ? 300 : good.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        int number = i;
        byte[] damaged = bad;
        assertTimeoutPreemptively(
            Duration.ofSeconds(10),
            () -> GeoTiff.read(damaged, "bad.tif"),
            () -> "damage " + number);
      } catch (EarthEmbedException e) {
        assertTrue(e.getMessage().contains("bad.tif"));
        refused++;
      }
    }
    assertTrue(refused > 200, "damage is noticed: " + refused);
  }
}
