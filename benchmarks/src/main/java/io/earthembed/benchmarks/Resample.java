package io.earthembed.benchmarks;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.Raster;
import io.earthembed.image.resample.Resampler;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Resizes a picture on one thread, antialiased, as models need it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class Resample {
  /** Side of the picture before and after, in pixels. */
  @Param({"1068 to 384", "384 to 224", "64 to 224"})
  private String sides;

  /** Filter. */
  @Param({"BILINEAR", "BICUBIC"})
  private Resampler.Filter filter;

  private Raster picture;
  private int to;

  /** Makes the picture. */
  @Setup
  public void make() {
    String[] both = sides.split(" to ", 2);
    picture = Landscape.generate(LandscapeKind.RIVER, 1, Integer.parseInt(both[0])).trueColor();
    to = Integer.parseInt(both[1]);
  }

  /** Resizes one picture of three 8-bit bands. */
  @Benchmark
  public Raster resize() {
    return Resampler.resize(picture, to, to, filter);
  }
}
