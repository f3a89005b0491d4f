package io.earthembed.onnx;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.resample.Resampler;
import java.nio.ByteBuffer;

/**
 * Converts 8-bit true-colour pictures into a tensor [n, 3, size, size]: red, green, blue, channels
 * first. A picture of another size is resized and cropped in the middle; then each value becomes
 * {@code (value / divisor - mean) / std}.
 */
final class ImagePreparation implements Preparation<Raster> {
  /**
   * Largest ratio of the longer to the shorter side. Resizing takes some 1,000 bytes for each pixel
   * of a row, so without a limit a file of a few KB with one long row would take 5 GB.
   */
  private static final int MAX_RATIO = 1000;

  private final ImageDescription description;
  private final Tensor tensor;

  /** Normalised values of the 256 tones of each channel: a look-up is faster than the formula. */
  private final float[][] tones = new float[3][256];

  /** A square to resize into, for each thread. */
  private final ThreadLocal<Raster> squares;

  ImagePreparation(ImageDescription description) {
    this.description = description;
    this.tensor = Tensor.of(description);
    int side = description.size();
    this.squares = ThreadLocal.withInitial(() -> Raster.allocate(side, side, 3, SampleType.UINT8));
    for (int band = 0; band < 3; band++) {
      float mean = description.mean().get(band);
      float std = description.std().get(band);
      for (int tone = 0; tone < 256; tone++)
        tones[band][tone] = (tone / description.divisor() - mean) / std;
    }
  }

  @Override
  public Tensor tensor() {
    return tensor;
  }

  @Override
  public String describe() {
    return description.preparation();
  }

  @Override
  public void check(Raster raster) {
    if (raster.type() != SampleType.UINT8 || raster.bands() != 3) {
      throw new IllegalArgumentException("expected 3 bands of UINT8 (red, green, blue): " + raster);
    }
    long longer = Math.max(raster.height(), raster.width());
    if (longer > (long) MAX_RATIO * Math.min(raster.height(), raster.width())) {
      throw new IllegalArgumentException("aspect ratio is too large to resize: " + raster);
    }
  }

  @Override
  public void write(Raster raster, ByteBuffer target) {
    ByteBuffer pixels = fit(raster).data();
    int count = description.size() * description.size();
    for (int band = 0; band < 3; band++) {
      float[] tone = tones[band];
      for (int p = 0, i = band; p < count; p++, i += 3) target.putFloat(tone[pixels.get(i) & 0xFF]);
    }
  }

  /** Returns the middle square of the resized picture; computes no other pixels. */
  private Raster fit(Raster raster) {
    int size = description.size();
    int[] resized = ResizeGeometry.target(raster.height(), raster.width(), description);
    int top = ResizeGeometry.margin(resized[0], description);
    int left = ResizeGeometry.margin(resized[1], description);
    if (resized[0] == raster.height() && resized[1] == raster.width()) {
      return size == raster.height() && size == raster.width()
          ? raster
          : raster.crop(top, left, size, size);
    }
    Raster square = squares.get();
    Resampler.resize(
        raster, resized[0], resized[1], description.interpolation(), top, left, square);
    return square;
  }
}
