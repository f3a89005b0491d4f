package io.earthembed.onnx;

import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.testkit.EncoderContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Pictures with texts of several lengths, and a picture alone. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class ImageTextContractTest extends EncoderContract<ImageText> {
  @TempDir Path directory;

  @Override
  protected Encoder<ImageText> create() {
    try {
      Goldens.unpack(
          "qwen3-vl-embedding", "fp32", directory, "model.json", "image.onnx", "tokenizer.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return OnnxEncoders.custom(directory, EncoderOptions.defaults().withBatchSize(4))
        .imageText()
        .orElseThrow();
  }

  @Override
  protected List<ImageText> inputs() {
    return List.of(
        new ImageText(Goldens.picture(0, 97, 131), "a river"),
        new ImageText(Goldens.picture(1, 50, 33), "a river"),
        new ImageText(Goldens.picture(3, 1, 1), ""),
        new ImageText(Goldens.picture(6, 224, 224), "Z\u00fcrich \uD83C\uDF0D"),
        new ImageText(Goldens.picture(7, 60, 421), "beside a lake ".repeat(40)));
  }
}
