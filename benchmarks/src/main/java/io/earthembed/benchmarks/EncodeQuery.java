package io.earthembed.benchmarks;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.onnx.DemoModel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Encodes a query's text and place with the demo model, including tokenising. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class EncodeQuery {
  private EmbeddingModel model;

  /** Loads the model. */
  @Setup
  public void load() {
    model = DemoModel.load();
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    model.close();
  }

  /** Encodes one sentence. */
  @Benchmark
  public float[] text() {
    return model.text().orElseThrow().encode("a satellite image of a river");
  }

  /** Encodes one place. */
  @Benchmark
  public float[] place() {
    return model.location().orElseThrow().encode(new GeoPoint(-3.1, -60));
  }
}
