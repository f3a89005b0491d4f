package io.earthembed.raster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.image.TiffImage.Window;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.image.Raster;
import io.earthembed.testkit.peer.PythonPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of GeoTIFFs that GDAL wrote have the samples that GDAL reads. */
class CogDifferentialTest {
  @Test
  void windowsAreThoseOfGdal(@TempDir Path folder) throws IOException {
    // A file takes about 20 ms, so a tenth of the usual number.
    int files = Math.max(1, Integer.getInteger("earthembed.differential", 2000) / 10);
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/cog_peer.py"))) {
      for (int seed = 0; seed < files; seed++) compare(peer, folder, seed);
    }
  }

  private static void compare(PythonPeer peer, Path folder, int seed) throws IOException {
    JsonObject answer = JsonParser.parseString(peer.ask(folder + " " + seed)).getAsJsonObject();
    String what = "seed " + seed + ": " + answer.get("what").getAsString();
    Path file = Path.of(answer.get("file").getAsString());
    Cog cog =
        new Cog(new FileRanges(file, new Counters()), ForkJoinPool.commonPool(), new Counters());
    assertEquals(answer.get("levels").getAsInt(), cog.images().size(), what);
    JsonElement missing = answer.get("missing");
    assertEquals(missing.isJsonNull() ? null : missing.getAsDouble(), cog.image().missing(), what);
    GeoTiff.Grid grid = cog.grid();
    double[] expected = {grid.west(), grid.across(), grid.north(), grid.down()};
    for (int i = 0; i < 4; i++) {
      assertEquals(answer.getAsJsonArray("grid").get(i).getAsDouble(), expected[i], what);
    }
    assertEquals(32632, grid.epsg(), what);
    DoubleBuffer samples =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("windows.bin")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asDoubleBuffer();
    for (JsonElement element : answer.getAsJsonArray("windows")) {
      JsonArray w = element.getAsJsonArray();
      JsonArray chosen = w.get(5).getAsJsonArray();
      int[] bands = new int[chosen.size()];
      for (int i = 0; i < bands.length; i++) bands[i] = chosen.get(i).getAsInt();
      Window window =
          new Window(
              w.get(1).getAsInt(),
              w.get(2).getAsInt(),
              w.get(3).getAsInt(),
              w.get(4).getAsInt(),
              bands);
      Raster raster = cog.read(cog.images().get(w.get(0).getAsInt()), window);
      for (int y = 0; y < window.height(); y++) {
        for (int x = 0; x < window.width(); x++) {
          for (int b = 0; b < bands.length; b++) {
            double value = samples.get();
            if (value != raster.get(y, x, b)) {
              assertEquals(
                  value,
                  raster.get(y, x, b),
                  what + " window " + w + " at " + y + ", " + x + ", " + b);
            }
          }
        }
      }
    }
    Files.delete(file);
  }
}
