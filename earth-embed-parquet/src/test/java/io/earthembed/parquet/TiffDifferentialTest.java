package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.testkit.peer.PythonPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * TIFFs of every form that GDAL writes or reads, at random: pixels and place are those that GDAL
 * reads, or the file is refused by the name of its form. Seeds count from {@code
 * -Dearthembed.differential.first} (default 0), {@code -Dearthembed.differential} of them; a
 * failure names its seed, which makes the same file again.
 */
class TiffDifferentialTest {
  private static final int COUNT = Integer.getInteger("earthembed.differential", 2000);
  private static final int FIRST = Integer.getInteger("earthembed.differential.first", 0);
  private static final int BATCH = 25;

  @TempDir Path folder;

  private @Nullable PythonPeer gdal;

  @Test
  void readsWhatGdalReads() throws Exception {
    List<String> differences = new ArrayList<>();
    int read = 0;
    int placed = 0;
    for (int seed = FIRST; seed < FIRST + COUNT && differences.size() < 20; seed += BATCH) {
      for (JsonElement answer : made(seed, Math.min(BATCH, FIRST + COUNT - seed))) {
        JsonObject says = answer.getAsJsonObject();
        String difference = difference(folder, says);
        if (difference != null) differences.add(difference + ": " + says);
        if (isTrue(says, "read")) read++;
        if (expectedPlace(says) != null) placed++;
        Files.delete(folder.resolve(says.get("seed") + ".tif"));
        Files.deleteIfExists(folder.resolve(says.get("seed") + ".raw"));
      }
    }
    if (gdal != null) gdal.close();
    assertEquals(List.of(), differences);
    System.out.printf("%d TIFFs, %d read, %d with a place%n", COUNT, read, placed);
    assertTrue(read > COUNT / 2 && placed > COUNT / 20, read + " were read, " + placed + " placed");
  }

  /** Makes files. GDAL 3.10 sometimes damages its heap and ends; another process then continues. */
  private JsonArray made(int seed, int count) throws IOException {
    for (int left = 3; ; left--) {
      if (gdal == null) gdal = PythonPeer.start(Path.of("src/test/python/tiff_peer.py"));
      try {
        return JsonParser.parseString(gdal.ask(folder + " " + seed + " " + count)).getAsJsonArray();
      } catch (IOException e) {
        gdal.close();
        gdal = null;
        if (left == 0) throw e;
        System.out.println("seeds from " + seed + ": " + e.getMessage());
      }
    }
  }

  private static boolean isTrue(JsonObject says, String name) {
    return says.has(name) && says.get(name).getAsBoolean();
  }

  /**
   * Returns true if integers have the predictor of floating-point numbers and blocks may be absent.
   */
  private static boolean isSparse(JsonObject says, EarthEmbedException e) {
    return says.get("options").getAsJsonObject().has("SPARSE_OK")
        && e.getMessage().contains("predictor 3 is not supported for");
  }

  private static @Nullable String difference(Path folder, JsonObject says) throws IOException {
    String seed = says.get("seed").getAsString();
    byte[] bytes = Files.readAllBytes(folder.resolve(seed + ".tif"));
    Raster raster;
    try {
      raster = GeoTiff.read(bytes, seed);
    } catch (CorruptDataException e) {
      return says.has("unreadable") ? null : "GDAL reads it: " + e;
    } catch (EarthEmbedException e) {
      if (says.has("unreadable")) return null;
      // GDAL notices that a predictor does not fit the samples only at the first existing block.
      if (isTrue(says, "read") && !isSparse(says, e)) return "GDAL reads it: " + e;
      return e.getMessage().contains("not supported") ? null : "refused without a name: " + e;
    }
    if (says.has("unreadable")) return null;
    if (!isTrue(says, "read")) return "not expected to be read as " + raster;
    if (raster.height() != says.get("height").getAsInt()
        || raster.width() != says.get("width").getAsInt()) {
      return "is " + raster;
    }
    ByteBuffer raw =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(seed + ".raw")))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        float expected = raw.getFloat();
        if (Float.compare(expected, raster.get(y, x, 0)) != 0) {
          return "row " + y + ", column " + x + " is " + raster.get(y, x, 0) + ", not " + expected;
        }
      }
    }
    return place(raster.reference(), says);
  }

  /** Returns GDAL's georeference, or null if a {@link GeoReference} cannot express it. */
  private static @Nullable GeoReference expectedPlace(JsonObject says) {
    if (!isTrue(says, "projected") || !isTrue(says, "transformed")) return null;
    JsonArray grid = says.get("grid").getAsJsonArray();
    double across = grid.get(0).getAsDouble();
    double down = -grid.get(4).getAsDouble();
    boolean north = grid.get(1).getAsDouble() == 0 && grid.get(3).getAsDouble() == 0;
    int epsg = says.get("epsg").getAsInt();
    if (!north || across <= 0 || Math.abs(across - down) > 1e-6 * across || epsg == 0) return null;
    return new GeoReference(epsg, grid.get(2).getAsDouble(), grid.get(5).getAsDouble(), across);
  }

  private static @Nullable String place(@Nullable GeoReference place, JsonObject says) {
    GeoReference expected = expectedPlace(says);
    if (place == null) {
      // Without units in the file, only those of UTM zones are known.
      boolean utm =
          expected != null && expected.epsg() / 100 >= 326 && expected.epsg() / 100 <= 327;
      return utm ? "has no place" : null;
    }
    boolean same =
        expected != null
            && place.epsg() == expected.epsg()
            && Math.abs(place.west() - expected.west()) < 1e-6
            && Math.abs(place.north() - expected.north()) < 1e-6
            && Math.abs(place.pixelSize() - expected.pixelSize()) < 1e-9;
    return same ? null : "lies at " + place;
  }
}
