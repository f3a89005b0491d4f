package io.earthembed.image.resample;

/**
 * The weights for a range of one axis of a resize: for each output pixel, the first input pixel
 * that counts, and the weights of it and its successors. Immutable.
 */
final class Kernel {
  /** Fraction bits of an 8-bit weight: 32 less 8 for the sample and 2 for sign and sum. */
  static final int PRECISION_BITS = 32 - 8 - 2;

  private final int inputs;
  private final int outputs;
  private final int start;
  private final Resampler.Filter filter;

  final int[] first;
  final int[] length;

  /**
   * The distance between rows of weights: the longest row's length, made even. Shorter rows end in
   * zeros.
   */
  final int taps;

  final double[] real;

  /** The weights in units of 2^-{@link #PRECISION_BITS}. */
  final int[] fixed;

  /**
   * @param inputs pixels of the axis
   * @param outputs pixels of the resized axis
   * @param start first output pixel of the range
   * @param count number of output pixels in the range
   */
  Kernel(int inputs, int outputs, Resampler.Filter filter, int start, int count) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.filter = filter;
    this.start = start;
    double scale = (double) inputs / outputs;
    double stretch = Math.max(1, scale);
    // If the size does not change, neighbours weigh nothing.
    double support = inputs == outputs ? 0.5 : filter.support() * stretch;
    this.first = new int[count];
    this.length = new int[count];
    int longest = 0;
    for (int i = 0; i < count; i++) {
      double center = (start + i + 0.5) * scale;
      first[i] = Math.max(0, (int) (center - support + 0.5));
      length[i] = Math.min(inputs, (int) (center + support + 0.5)) - first[i];
      longest = Math.max(longest, length[i]);
    }
    this.taps = longest + (longest & 1);
    this.real = new double[Math.multiplyExact(count, taps)];
    this.fixed = new int[real.length];
    double shrink = 1 / stretch;
    for (int i = 0; i < count; i++) {
      double center = (start + i + 0.5) * scale;
      int row = i * taps;
      double sum = 0;
      for (int k = 0; k < length[i]; k++) {
        real[row + k] = filter.weight((k + first[i] - center + 0.5) * shrink);
        sum += real[row + k];
      }
      for (int k = row; k < row + length[i]; k++) {
        if (sum != 0) real[k] /= sum;
        double units = real[k] * (1 << PRECISION_BITS);
        fixed[k] = (int) (units < 0 ? units - 0.5 : units + 0.5);
      }
    }
  }

  /** Returns whether this kernel has these arguments. */
  boolean fits(int inputs, int outputs, Resampler.Filter filter, int start, int count) {
    return this.inputs == inputs
        && this.outputs == outputs
        && this.filter == filter
        && this.start == start
        && first.length == count;
  }
}
