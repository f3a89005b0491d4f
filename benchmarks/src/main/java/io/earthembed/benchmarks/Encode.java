package io.earthembed.benchmarks;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.image.Raster;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.EncoderOptions;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the demo model's picture tower. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class Encode {
  /** Threads of one call. */
  @Param({"1", "2"})
  private int threads;

  /** Pictures of one call. */
  @Param({"1", "64"})
  private int batch;

  /** Height and width of a picture: the network's own, and one that is resized. */
  @Param({"64", "384"})
  private int side;

  private EmbeddingModel model;
  private List<Raster> pictures;

  /** Loads the model and makes a batch of pictures. */
  @Setup
  public void load() {
    model = DemoModel.load(EncoderOptions.defaults().withThreads(threads));
    pictures = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      pictures.add(Landscape.generate(LandscapeKind.values()[i % 10], i, side).trueColor());
    }
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    model.close();
  }

  /** Encodes a batch of pictures. */
  @Benchmark
  public Vectors pictures() {
    return model.image().encode(pictures);
  }
}
