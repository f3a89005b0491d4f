package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.resample.Resampler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImagePreparationTest {
  private final ImagePreparation preparation =
      new ImagePreparation(
          ImageDescription.builder(
                  new ModelDescription.Network("image.onnx", "pixel_values", "embedding"), 8)
              .interpolation(Resampler.Filter.BICUBIC)
              .mean(List.of(0.1f, 0.2f, 0.3f))
              .std(List.of(0.5f, 0.25f, 2f))
              .build(),
          false);

  @Test
  void writesNormalizedPlanes() {
    Raster picture = noise(8, 8);
    ByteBuffer planes = prepare(picture);
    float[] mean = {0.1f, 0.2f, 0.3f};
    float[] std = {0.5f, 0.25f, 2f};
    for (int band = 0; band < 3; band++) {
      for (int y = 0; y < 8; y++) {
        for (int x = 0; x < 8; x++) {
          assertEquals(
              (picture.get(y, x, band) / 255 - mean[band]) / std[band], planes.getFloat(), 1e-6f);
        }
      }
    }
  }

  @Test
  void resizesTheShorterSideAndCutsTheMiddle() {
    Raster wide = noise(16, 40); // becomes 8 x 20, of which columns 6 to 13 remain
    Raster middle = Resampler.resize(wide, 8, 20, Resampler.Filter.BICUBIC).crop(0, 6, 8, 8);
    assertEquals(prepare(middle), prepare(wide));
    Raster tall = noise(41, 16); // becomes 20 x 8
    middle = Resampler.resize(tall, 20, 8, Resampler.Filter.BICUBIC).crop(6, 0, 8, 8);
    assertEquals(prepare(middle), prepare(tall));
  }

  @Test
  void takesASinglePixel() {
    assertEquals(3 * 8 * 8 * 4, prepare(noise(1, 1)).remaining());
  }

  @Test
  void refusesAnythingButThreeBytesAPixel() {
    for (Raster wrong :
        List.of(
            Raster.allocate(8, 8, 1, SampleType.UINT8),
            Raster.allocate(8, 8, 3, SampleType.UINT16),
            Raster.allocate(8, 8, 4, SampleType.UINT8))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> preparation.check(wrong));
      assertTrue(String.valueOf(e.getMessage()).contains(wrong.toString()));
    }
  }

  /** A small file with rows so long that resizing would exhaust the memory. */
  @Test
  void refusesPicturesThatAreAllLength() {
    for (Raster wrong :
        List.of(
            Raster.allocate(1, 1001, 3, SampleType.UINT8),
            Raster.allocate(1001, 1, 3, SampleType.UINT8))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> preparation.check(wrong));
      assertTrue(String.valueOf(e.getMessage()).contains(wrong.toString()));
    }
    preparation.check(Raster.allocate(1, 1000, 3, SampleType.UINT8));
  }

  private ByteBuffer prepare(Raster picture) {
    return Goldens.prepare(preparation, picture);
  }

  private static Raster noise(int height, int width) {
    byte[] samples = new byte[height * width * 3];
    new Random(height * 1000L + width).nextBytes(samples);
    return Raster.wrap(height, width, 3, SampleType.UINT8, ByteBuffer.wrap(samples));
  }
}
