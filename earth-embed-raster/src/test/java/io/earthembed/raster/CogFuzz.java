package io.earthembed.raster;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.image.TiffBytes;
import io.earthembed.base.image.TiffImage;
import io.earthembed.base.image.TiffImage.Block;
import io.earthembed.base.image.TiffImage.Window;
import io.earthembed.base.image.TiffReader;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;

/**
 * Fuzzed by {@link CogFuzzTest} with Jazzer: arbitrary bytes as a GeoTIFF of which windows are
 * read.
 */
public final class CogFuzz {
  private CogFuzz() {}

  /** Anything but our own exceptions is a finding, as are our exceptions that indicate a bug. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      TiffBytes file = TiffBytes.of(data, "fuzz.tif");
      for (TiffImage image : TiffImage.images(file)) {
        GeoTiff.grid(image);
        image.missing();
        int row = image.height() / 2;
        int column = image.width() / 3;
        int[] bands = {image.bands() - 1, 0};
        Window window =
            new Window(
                row,
                column,
                Math.min(40, image.height() - row),
                Math.min(50, image.width() - column),
                bands);
        ByteBuffer samples = window.allocate(image.type());
        try (TiffReader reader = image.reader()) {
          for (Block block : image.blocks(window)) {
            reader.read(block, file.read(block.offset(), block.size()), window, samples);
          }
        }
      }
    } catch (CorruptDataException e) {
      if (e.getCause() instanceof RuntimeException oversight) throw oversight;
    } catch (EarthEmbedException e) {
      // As it should be.
    }
  }
}
