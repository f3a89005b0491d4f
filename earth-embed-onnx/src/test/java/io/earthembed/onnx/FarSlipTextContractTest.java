package io.earthembed.onnx;

import io.earthembed.encoder.Encoder;
import io.earthembed.testkit.EncoderContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class FarSlipTextContractTest extends EncoderContract<String> {
  @TempDir private static Path directory;

  @BeforeAll
  static void unpack() throws IOException {
    Goldens.unpack(
        "farslip", "fp32", directory, "model.json", "image.onnx", "text.onnx", "tokenizer.json");
  }

  @Override
  protected Encoder<String> create() {
    return FarSlip.load(directory, EncoderOptions.defaults().withBatchSize(4)).text().orElseThrow();
  }

  @Override
  protected List<String> inputs() {
    return List.of("", "a river", "a harbour with ships", "snow \u2603", "x ".repeat(400));
  }
}
