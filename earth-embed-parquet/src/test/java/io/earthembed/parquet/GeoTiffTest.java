package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.image.GeoTiffWriter;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

  @Test
  void readsFloatsThatItWrites() {
    Raster band = Raster.allocate(300, 7, 1, SampleType.FLOAT32);
    for (int y = 0; y < 300; y++) band.set(y, 3, 0, y / 7f - 9);
    band.set(0, 0, 0, Float.NaN);
    GeoReference place = new GeoReference(25832, 500_000, 6_000_000, 10);
    Raster again = GeoTiff.read(GeoTiff.write(band.withReference(place)), "again");
    assertEquals(band.data(), again.data());
    assertEquals(SampleType.FLOAT32, again.type());
    assertEquals(place, again.reference());
  }

  /** Codes have 16 bits in a GeoTIFF, of which some have another meaning. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1023, 32_767, 102_100})
  void codesThatGeoTiffCannotSayAreNotWritten(int epsg) {
    Raster band = Raster.allocate(1, 1, 1, SampleType.UINT16);
    Raster placed = band.withReference(new GeoReference(epsg, 0, 0, 10));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> GeoTiff.write(placed));
    assertTrue(String.valueOf(e.getMessage()).contains("EPSG code " + epsg), e.getMessage());
  }

  /** Noise with the size of a published tile, which deflate hardly compresses. */
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
    // A strip has no less than a row, however long that is.
    Raster wide = Raster.allocate(2, 70_000, 1, SampleType.UINT16);
    for (int x = 0; x < 70_000; x++) wide.set(1, x, 0, random.nextInt(65_536));
    assertEquals(wide.data(), GeoTiff.read(GeoTiff.write(wide), "wide").data());
  }

  /** Noise, which deflate makes larger, of one and of three bands. */
  @ParameterizedTest
  @EnumSource(SampleType.class)
  void imageIoReadsWhatItWrites(SampleType type) throws Exception {
    Random random = new Random(4);
    for (int bands : new int[] {1, 3}) {
      Raster noise = Raster.allocate(301, 77, bands, type);
      for (int y = 0; y < 301; y++) {
        for (int x = 0; x < 77; x++) {
          for (int b = 0; b < bands; b++) noise.set(y, x, b, random.nextInt(65_536));
        }
      }
      byte[] tiff = GeoTiffWriter.write(noise.withReference(PLACE));
      java.awt.image.Raster read = ImageIO.read(new ByteArrayInputStream(tiff)).getRaster();
      for (int y = 0; y < 301; y++) {
        for (int x = 0; x < 77; x++) {
          for (int b = 0; b < bands; b++) {
            assertEquals(noise.get(y, x, b), read.getSampleFloat(x, y, b), y + ", " + x);
          }
        }
      }
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

  /** A little-endian TIFF of nothing but a directory; an entry is tag, type, count, value. */
  private static byte[] directory(int length, int[]... entries) {
    ByteBuffer tiff = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
    tiff.putShort((short) entries.length);
    for (int[] e : entries)
      tiff.putShort((short) e[0]).putShort((short) e[1]).putInt(e[2]).putInt(e[3]);
    return tiff.array();
  }

  /** Half a megabyte of entries, which would take ten gigabytes if all were read. */
  @Test
  void entriesThatNobodyAsksForTakeNoMemory() {
    int[][] entries = new int[40_000][];
    for (int i = 0; i < entries.length; i++) entries[i] = new int[] {40_000 - i, 1, 400_000, 8};
    byte[] bomb = directory(500_000, entries);
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> GeoTiff.read(bomb, "bomb.tif"));
    assertTrue(e.getMessage().contains("bomb.tif: "), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {16_384, 32_501})
  void tilesFarLargerThanThePictureAreRefused(int side) {
    byte[] bomb =
        directory(
            400,
            new int[] {256, 3, 1, 16},
            new int[] {257, 3, 1, 16},
            new int[] {258, 3, 1, 16},
            new int[] {259, 3, 1, 8},
            new int[] {322, 4, 1, side},
            new int[] {323, 4, 1, side},
            new int[] {324, 4, 1, 300},
            new int[] {325, 4, 1, 50});
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> GeoTiff.read(bomb, "bomb.tif"));
    assertTrue(e.getMessage().contains("tiles of " + side), e.getMessage());
  }
}
