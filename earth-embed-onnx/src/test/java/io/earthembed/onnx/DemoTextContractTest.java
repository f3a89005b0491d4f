package io.earthembed.onnx;

import io.earthembed.encoder.Encoder;
import io.earthembed.testkit.EncoderContract;
import java.util.List;

class DemoTextContractTest extends EncoderContract<String> {
  @Override
  protected Encoder<String> create() {
    return DemoModel.load(EncoderOptions.defaults().withBatchSize(4)).text().orElseThrow();
  }

  @Override
  protected List<String> inputs() {
    return List.of(
        "a satellite image of a river",
        "a forest",
        "",
        "snow",
        "Zürich \uD83C\uDF0D",
        "an industrial area " + "beside a lake ".repeat(50));
  }
}
