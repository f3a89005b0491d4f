package io.earthembed.benchmarks;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.earthembed.onnx.DemoModel;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
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

/**
 * Measures the library that tokenizes for the demo model, with the settings of the model's text
 * encoder.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
// The library would otherwise send usage reports, and download another build of itself if it finds
// a GPU.
@Fork(
    value = 1,
    jvmArgsAppend = {"-DOPT_OUT_TRACKING=true", "-DRUST_FLAVOR=cpu"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class Tokenize {
  private HuggingFaceTokenizer tokenizer;

  /** Words of the text. */
  @Param({"6", "60"})
  private int words;

  private String text = "";

  /** Opens the tokenizer. */
  @Setup
  public void open() throws IOException {
    try (InputStream json = DemoModel.class.getResourceAsStream("demo/tokenizer.json")) {
      tokenizer =
          HuggingFaceTokenizer.newInstance(
              Objects.requireNonNull(json),
              Map.of(
                  "addSpecialTokens", "true",
                  "padding", "false",
                  "truncation", "true",
                  "maxLength", "64",
                  "modelMaxLength", "64"));
    }
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

  /** Returns the token ids of a text. */
  @Benchmark
  public long[] ids() {
    return tokenizer.encode(text).getIds();
  }
}
