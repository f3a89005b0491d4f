package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.base.image.GeoTiffWriter;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.testkit.peer.PythonPeer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** GeoTIFFs that this SDK writes, as GDAL reads them. */
@EnabledIf("io.earthembed.testkit.peer.PythonPeer#isPresent")
class GeoTiffWriterTest {
  private static final GeoReference PLACE = new GeoReference(32733, 431_230, 7_654_320, 10);

  /** Sizes in rows and columns: one pixel, strips of several rows, and rows longer than a strip. */
  private static final int[][] SIZES = {{1, 1}, {301, 77}, {3, 40_000}};

  @TempDir Path folder;

  private static Raster raster(int[] size, int bands, SampleType type, boolean noise) {
    Random random = new Random(3);
    Raster raster = Raster.allocate(size[0], size[1], bands, type);
    for (int y = 0; y < size[0]; y++) {
      for (int x = 0; x < size[1]; x++) {
        for (int b = 0; b < bands; b++) {
          raster.set(y, x, b, noise ? random.nextInt(1 << 16) % 256 : (x + y + b) % 7);
        }
      }
    }
    return raster;
  }

  @Test
  void gdalReadsWhatItWrites() throws Exception {
    int files = 0;
    try (PythonPeer gdal = PythonPeer.start(Path.of("src/test/python/geotiff_peer.py"))) {
      for (SampleType type : SampleType.values()) {
        for (int[] size : SIZES) {
          for (int bands : new int[] {1, 3}) {
            for (boolean noise : new boolean[] {true, false}) {
              Raster raster = raster(size, bands, type, noise);
              compare(noise ? raster.withReference(PLACE) : raster, gdal);
              files++;
            }
          }
        }
      }
    }
    assertTrue(files >= 36, files + " files");
  }

  private void compare(Raster raster, PythonPeer gdal) throws Exception {
    Path file = folder.resolve("written.tif");
    Files.write(file, GeoTiffWriter.write(raster));
    JsonObject read = JsonParser.parseString(gdal.ask(file.toString())).getAsJsonObject();
    String shape = "[" + raster.height() + "," + raster.width() + "," + raster.bands() + "]";
    assertEquals(shape, read.get("shape").toString());
    assertEquals(raster.type().name().toLowerCase(Locale.ROOT), read.get("type").getAsString());
    ByteBuffer samples = raster.samples();
    byte[] expected = new byte[samples.remaining()];
    samples.get(expected);
    assertArrayEquals(expected, Files.readAllBytes(folder.resolve("written.raw")), shape);
    GeoReference place = raster.reference();
    assertEquals(place == null, read.get("epsg").isJsonNull());
    if (place == null) return;
    assertEquals(place.epsg(), read.get("epsg").getAsInt());
    assertEquals("[10.0,0.0,431230.0,0.0,-10.0,7654320.0]", read.get("transform").toString());
  }
}
