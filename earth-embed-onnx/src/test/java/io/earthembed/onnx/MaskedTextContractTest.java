package io.earthembed.onnx;

import io.earthembed.encoder.Encoder;
import io.earthembed.testkit.EncoderContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A text tower whose samples have several lengths. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class MaskedTextContractTest extends EncoderContract<String> {
  @TempDir private static Path directory;

  @BeforeAll
  static void unpack() throws IOException {
    Files.createDirectories(directory.resolve("onnx"));
    Files.createDirectories(directory.resolve("1_Pooling"));
    for (String file :
        List.of("config.json", "tokenizer.json", "1_Pooling/config.json", "onnx/model.onnx")) {
      Files.write(directory.resolve(file), Goldens.bytes("layouts/sentences/" + file));
    }
  }

  @Override
  protected Encoder<String> create() {
    return OnnxEncoders.openText(directory, EncoderOptions.defaults().withBatchSize(4));
  }

  @Override
  protected List<String> inputs() {
    return List.of("", "a river", "two ships in the harbor", "snow", "the road ".repeat(40));
  }
}
