package io.earthembed.image.resample;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Resizes 16-bit and float32 samples in float64. */
final class RealPasses extends Passes<float[]> {
  private static final Raster NOTHING = Raster.allocate(1, 1, 1, SampleType.FLOAT32);

  private Raster from = NOTHING;
  private Raster into = NOTHING;
  private ByteBuffer source = NOTHING.samples();
  private Kernel across = new Kernel(1, 1, Resampler.Filter.BILINEAR, 0, 1);
  private boolean integer;

  private float[] samples = new float[0];
  private double[] sums = new double[0];

  RealPasses() {
    super(1);
  }

  @Override
  void begin(Raster picture, Kernel kernel, Raster window) {
    from = picture;
    source = picture.data();
    across = kernel;
    into = window;
    integer = picture.type() == SampleType.UINT16;
    int row = picture.width() * picture.bands();
    if (samples.length < row) samples = new float[row];
    int length = window.width() * window.bands();
    if (sums.length < length) sums = new double[length];
  }

  @Override
  void end() {
    from = NOTHING;
    into = NOTHING;
    source = NOTHING.samples();
  }

  @Override
  float[] newRow(int length) {
    return new float[length];
  }

  @Override
  void filter(int y, int count) {
    float[] row = row(y);
    int bands = from.bands();
    int length = from.width() * bands;
    for (int i = 0, at = y * length; i < length; i++, at++) {
      samples[i] =
          integer ? source.getShort(at * Short.BYTES) & 0xFFFF : source.getFloat(at * Float.BYTES);
    }
    for (int x = 0, to = 0; x < across.first.length; x++) {
      int weights = x * across.taps;
      int taps = across.length[x];
      for (int band = 0; band < bands; band++, to++) {
        double sum = 0;
        for (int k = 0, at = across.first[x] * bands + band; k < taps; k++, at += bands) {
          sum += samples[at] * across.real[weights + k];
        }
        row[to] = rounded(sum);
      }
    }
  }

  @Override
  void blend(Kernel down, int y) {
    int length = into.width() * into.bands();
    Arrays.fill(sums, 0, length, 0);
    for (int k = 0; k < down.length[y]; k++) {
      add(row(down.first[y] + k), down.real[y * down.taps + k], sums, length);
    }
    ByteBuffer target = into.samples();
    for (int i = 0, at = y * length; i < length; i++, at++) {
      float sample = rounded(sums[i]);
      if (integer) target.putShort(at * Short.BYTES, (short) (int) sample);
      else target.putFloat(at * Float.BYTES, sample);
    }
  }

  private static void add(float[] row, double weight, double[] sums, int length) {
    for (int i = 0; i < length; i++) sums[i] += row[i] * weight;
  }

  private float rounded(double sum) {
    return (float) (integer ? Math.max(0, Math.min(65535, Math.floor(sum + 0.5))) : sum);
  }

  @Override
  long bytes() {
    return rowBytes() + 4L * samples.length + 8L * sums.length;
  }
}
