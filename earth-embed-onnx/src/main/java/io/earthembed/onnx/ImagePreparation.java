package io.earthembed.onnx;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.resample.Resampler;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Converts 8-bit true-colour pictures into a tensor [n, 3, size, size], or [n, size, size, 3] with
 * channels last. A picture of another size is resized, and cropped or padded in the middle; then
 * each value becomes {@code (value / divisor - mean) / std}.
 */
final class ImagePreparation implements Preparation<Raster> {
  /**
   * Largest ratio of the longer to the shorter side. Resizing takes some 1,000 bytes for each pixel
   * of a row, so without a limit a file of a few KB with one long row would take 5 GB.
   */
  private static final int MAX_RATIO = 1000;

  private final ImageDescription description;
  private final boolean channelsLast;

  /** Normalised values of the 256 tones of each channel: a look-up is faster than the formula. */
  private final float[][] tones = new float[3][256];

  /** A square to resize into, for each thread. */
  private final ThreadLocal<Raster> squares;

  ImagePreparation(ImageDescription description, boolean channelsLast) {
    this.description = description;
    this.channelsLast = channelsLast;
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
  public int sampleBytes(int paddedLength) {
    return description.sampleBytes();
  }

  @Override
  public String describe() {
    return description.preparation();
  }

  @Override
  public Sample sample(Raster raster) {
    check(raster);
    return target -> write(raster, target);
  }

  void check(Raster raster) {
    if (raster.type() != SampleType.UINT8 || raster.bands() != 3) {
      throw new IllegalArgumentException("expected 3 bands of UINT8 (red, green, blue): " + raster);
    }
    long longer = Math.max(raster.height(), raster.width());
    if (longer > (long) MAX_RATIO * Math.min(raster.height(), raster.width())) {
      throw new IllegalArgumentException("aspect ratio is too large to resize: " + raster);
    }
  }

  void write(Raster raster, ByteBuffer target) {
    ByteBuffer pixels = fit(raster).data();
    int count = description.size() * description.size();
    boolean reversed = description.channelOrder() == ImageDescription.ChannelOrder.BGR;
    if (channelsLast) {
      for (int i = 0; i < 3 * count; i += 3) {
        for (int channel = 0; channel < 3; channel++) {
          int band = reversed ? 2 - channel : channel;
          target.putFloat(tones[channel][pixels.get(i + band) & 0xFF]);
        }
      }
      return;
    }
    for (int channel = 0; channel < 3; channel++) {
      float[] tone = tones[channel];
      int band = reversed ? 2 - channel : channel;
      for (int p = 0, i = band; p < count; p++, i += 3) target.putFloat(tone[pixels.get(i) & 0xFF]);
    }
  }

  /** Returns the middle square of the resized picture; computes no pixels outside it. */
  private Raster fit(Raster raster) {
    int size = description.size();
    int[] resized = ResizeGeometry.target(raster.height(), raster.width(), description);
    int top = ResizeGeometry.margin(resized[0], description);
    int left = ResizeGeometry.margin(resized[1], description);
    if (resized[0] < size || resized[1] < size) return pad(raster, resized, -top, -left);
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

  /** Returns the resized picture in the middle of a square of the fill's tone. */
  private Raster pad(Raster raster, int[] resized, int top, int left) {
    Raster smaller = Resampler.resize(raster, resized[0], resized[1], description.interpolation());
    int size = description.size();
    byte[] square = new byte[size * size * 3];
    Arrays.fill(square, (byte) description.fill());
    int row = resized[1] * 3;
    for (int y = 0; y < resized[0]; y++) {
      smaller.data().get(y * row, square, ((top + y) * size + left) * 3, row);
    }
    return Raster.wrap(size, size, 3, SampleType.UINT8, ByteBuffer.wrap(square));
  }
}
