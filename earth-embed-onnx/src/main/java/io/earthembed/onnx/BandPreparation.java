package io.earthembed.onnx;

import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.resample.Resampler;
import java.nio.ByteBuffer;

/**
 * Converts rasters of all twelve Sentinel-2 bands into a tensor [n, channels, size, size], or [n,
 * size, size, channels] with channels last. Selects the model's bands in the model's order, resizes
 * them in float32 and computes {@code (value / divisor - mean) / std}.
 */
final class BandPreparation implements Preparation<Raster> {
  private static final int BANDS = Band.values().length;

  private final ImageDescription description;
  private final boolean channelsLast;

  BandPreparation(ImageDescription description, boolean channelsLast) {
    this.description = description;
    this.channelsLast = channelsLast;
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
    if (raster.bands() != BANDS || raster.type() == SampleType.UINT8) {
      throw new IllegalArgumentException(
          "expected the " + BANDS + " bands of Sentinel-2 as UINT16 or FLOAT32: " + raster);
    }
  }

  void write(Raster raster, ByteBuffer target) {
    int size = description.size();
    int[] resized = ResizeGeometry.target(raster.height(), raster.width(), description);
    if ((long) resized[0] * resized[1] > 1 << 28) {
      throw new IllegalArgumentException("aspect ratio is too large to resize: " + raster);
    }
    int top = ResizeGeometry.margin(resized[0], description);
    int left = ResizeGeometry.margin(resized[1], description);
    int channels = description.channels();
    for (int channel = 0; channel < channels; channel++) {
      String name = description.bands().get(channel);
      boolean zero = name.equals(ImageDescription.ZERO);
      float[] plane = zero ? new float[0] : plane(raster, Band.valueOf(name).ordinal(), resized);
      float mean = description.mean().get(channel);
      float std = description.std().get(channel);
      for (int y = 0; y < size; y++) {
        int row = (top + y) * resized[1] + left;
        for (int x = 0; x < size; x++) {
          float value = zero ? 0 : plane[row + x];
          int pixel = y * size + x;
          int at = channelsLast ? pixel * channels + channel : channel * size * size + pixel;
          target.putFloat(
              target.position() + at * Float.BYTES, (value / description.divisor() - mean) / std);
        }
      }
    }
    target.position(target.position() + description.sampleBytes());
  }

  /** Returns one band, resized. */
  private float[] plane(Raster raster, int band, int[] resized) {
    int height = raster.height();
    int width = raster.width();
    Resampler.Filter filter = description.interpolation();
    boolean fits = height == resized[0] && width == resized[1];
    if (fits || !description.antialias()) {
      float[] plane = new float[height * width];
      for (int y = 0, i = 0; y < height; y++) {
        for (int x = 0; x < width; x++) plane[i++] = raster.get(y, x, band);
      }
      if (fits) return plane;
      return TorchInterpolation.resize(plane, height, width, resized[0], resized[1], filter);
    }
    Raster plane = Raster.allocate(height, width, 1, SampleType.FLOAT32);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) plane.set(y, x, 0, raster.get(y, x, band));
    }
    float[] samples = new float[resized[0] * resized[1]];
    Resampler.resize(plane, resized[0], resized[1], filter).data().asFloatBuffer().get(samples);
    return samples;
  }
}
