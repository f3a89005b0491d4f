package io.earthembed.onnx;

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

/** The demo model's tokenizer alone; in this package because it is not public. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class Tokenise {
  private Tokenizer tokenizer;

  /** Words of the text. */
  @Param({"6", "60"})
  private int words;

  private String text = "";

  /** Opens the tokenizer. */
  @Setup
  public void open() {
    tokenizer =
        Tokenizer.open(ModelFiles.onClassPath(DemoModel.class, "demo"), "tokenizer.json", 64);
    text = text(words);
  }

  private static String text(int words) {
    StringBuilder text = new StringBuilder();
    String[] known = {"a", "satellite", "image", "of", "a", "river"};
    for (int i = 0; i < words; i++) text.append(i == 0 ? "" : " ").append(known[i % known.length]);
    return text.toString();
  }

  /** Frees the tokenizer. */
  @TearDown
  public void close() {
    tokenizer.close();
  }

  /** Token ids of a text. */
  @Benchmark
  public long[] ids() {
    return tokenizer.encode(text);
  }
}
