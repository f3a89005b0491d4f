package io.earthembed.onnx;

import io.earthembed.image.resample.Resampler;

/**
 * Resizes without antialiasing, like PyTorch's {@code interpolate(align_corners=False)}. An output
 * pixel at {@code (i + 0.5) * in / out - 0.5} blends the nearest 2 (bilinear) or 4 (bicubic, Keys'
 * kernel with a = -0.75) pixels of each axis, whatever the ratio; the border is repeated. All
 * arithmetic is float32, as in PyTorch.
 */
final class TorchInterpolation {
  private static final float A = -0.75f;

  private TorchInterpolation() {}

  /** The input pixels that an output pixel blends, and their weights: [outputs][taps]. */
  private record Taps(int[][] index, float[][] weight) {
    static Taps of(int inputs, int outputs, Resampler.Filter filter) {
      boolean cubic = filter == Resampler.Filter.BICUBIC;
      int[][] index = new int[outputs][];
      float[][] weight = new float[outputs][];
      float scale = (float) inputs / outputs;
      for (int i = 0; i < outputs; i++) {
        float at = Math.fma(scale, i + 0.5f, -0.5f); // PyTorch's kernels are compiled to this
        if (!cubic) at = Math.max(0, at);
        int floor = (int) Math.floor(at);
        float t = at - floor;
        weight[i] = cubic ? cubic(t) : new float[] {1 - t, t};
        index[i] = new int[weight[i].length];
        int first = cubic ? floor - 1 : floor;
        for (int k = 0; k < index[i].length; k++) {
          index[i][k] = Math.max(0, Math.min(inputs - 1, first + k));
        }
      }
      return new Taps(index, weight);
    }

    private static float[] cubic(float t) {
      float u = 1 - t;
      return new float[] {outer(t + 1), inner(t), inner(u), outer(u + 1)};
    }

    /** Evaluates the kernel for distances up to 1. */
    private static float inner(float x) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }

    /** Evaluates the kernel for distances from 1 to 2. */
    private static float outer(float x) {
      return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
    }
  }

  /**
   * Resizes one plane.
   *
   * @param plane height x width samples, row by row
   * @return newHeight x newWidth samples
   */
  static float[] resize(
      float[] plane, int height, int width, int newHeight, int newWidth, Resampler.Filter filter) {
    Taps down = Taps.of(height, newHeight, filter);
    Taps across = Taps.of(width, newWidth, filter);
    float[] result = new float[newHeight * newWidth];
    for (int y = 0; y < newHeight; y++) {
      int[] rows = down.index[y];
      float[] rowWeights = down.weight[y];
      for (int x = 0; x < newWidth; x++) {
        int[] columns = across.index[x];
        float[] columnWeights = across.weight[x];
        float sum = 0;
        for (int j = 0; j < rows.length; j++) {
          int row = rows[j] * width;
          float line = 0;
          for (int i = 0; i < columns.length; i++) {
            line += plane[row + columns[i]] * columnWeights[i];
          }
          sum += line * rowWeights[j];
        }
        result[y * newWidth + x] = sum;
      }
    }
    return result;
  }
}
