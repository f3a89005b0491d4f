package io.earthembed.demo.landscape;

/**
 * Smooth random fields over the plane from integer hashes. They are equal on every machine, because
 * they use only additions and multiplications of doubles.
 */
final class Noise {
  private final long seed;

  Noise(long seed) {
    this.seed = seed;
  }

  /** Returns an independent field. */
  Noise fork(int which) {
    return new Noise(mix(seed + 0x632BE59BD9B4E019L * (which + 1)));
  }

  /** Returns white noise on the integer lattice, in [0, 1). */
  double at(long x, long y) {
    return (mix(seed ^ mix(x * 0x9E3779B97F4A7C15L ^ mix(y + 0x7F4A7C15L))) >>> 11) * 0x1p-53;
  }

  /** Returns a number in [from, to) for each index. */
  double uniform(int index, double from, double to) {
    return from + (to - from) * at(index, 0x5EEDL);
  }

  /** Returns value noise with features of about one unit, in [0, 1). */
  double smooth(double x, double y) {
    double fx = Math.floor(x);
    double fy = Math.floor(y);
    long ix = (long) fx;
    long iy = (long) fy;
    double u = ease(x - fx);
    double v = ease(y - fy);
    double top = lerp(at(ix, iy), at(ix + 1, iy), u);
    double bottom = lerp(at(ix, iy + 1), at(ix + 1, iy + 1), u);
    return lerp(top, bottom, v);
  }

  /** Returns four octaves of value noise, the coarsest of about {@code scale} pixels, in [0, 1). */
  double fractal(double x, double y, double scale) {
    double sum = 0;
    double amplitude = 0.5;
    double frequency = 1 / scale;
    for (int octave = 0; octave < 4; octave++) {
      sum += amplitude * smooth(x * frequency + 31 * octave, y * frequency - 17 * octave);
      amplitude /= 2;
      frequency *= 2;
    }
    return sum / 0.9375;
  }

  static double lerp(double a, double b, double t) {
    return a + (b - a) * t;
  }

  /** Returns 0 below {@code from}, 1 above {@code to}, and a smooth value between. */
  static double step(double from, double to, double value) {
    return ease(Math.max(0, Math.min(1, (value - from) / (to - from))));
  }

  private static double ease(double t) {
    return t * t * (3 - 2 * t);
  }

  /** Applies the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
