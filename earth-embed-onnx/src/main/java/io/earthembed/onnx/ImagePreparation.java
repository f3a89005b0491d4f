package io.earthembed.onnx;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.resample.Resampler;
import java.nio.ByteBuffer;

/**
 * 8-bit true-colour pictures to a tensor [n, 3, size, size]: a picture of another size is resized
 * and cut out of the middle; then {@code (value / divisor - mean) / std}, channels first, red,
 * green, blue.
 */
final class ImagePreparation implements Preparation<Raster> {
  /**
   * The longer side over the shorter, at the most. Resizing takes some 1,000 bytes for each pixel
   * of a row, however few rows there are: 5 GB for a file of a few KB, but for this.
   */
  private static final int MAX_RATIO = 1000;

  private final ModelDescription.Image description;
  private final Tensor tensor;

  /** The 256 tones of each channel, normalised: a look-up is cheaper than the formula. */
  private final float[][] tones = new float[3][256];

  /** Each thread resizes into its own. */
  private final ThreadLocal<Raster> squares;

  ImagePreparation(ModelDescription.Image description) {
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
      throw new IllegalArgumentException("too long and narrow to be resized: " + raster);
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

  /** The square in the middle of the resized picture, and nothing else of it. */
  private Raster fit(Raster raster) {
    int size = description.size();
    int[] resized = Fitting.target(raster.height(), raster.width(), description);
    int top = Fitting.margin(resized[0], description);
    int left = Fitting.margin(resized[1], description);
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
