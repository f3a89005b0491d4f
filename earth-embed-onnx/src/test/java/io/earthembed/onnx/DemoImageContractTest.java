package io.earthembed.onnx;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.Encoder;
import io.earthembed.image.Raster;
import io.earthembed.testkit.EncoderContract;
import java.util.ArrayList;
import java.util.List;

class DemoImageContractTest extends EncoderContract<Raster> {
  @Override
  protected Encoder<Raster> create() {
    return DemoModel.load(EncoderOptions.defaults().withBatchSize(4)).image();
  }

  @Override
  protected List<Raster> inputs() {
    List<Raster> inputs = new ArrayList<>();
    for (LandscapeKind kind : LandscapeKind.values()) {
      // Pictures of the model's size, larger, smaller, and not square.
      inputs.add(Landscape.generate(kind, 5, 40 + 24 * (inputs.size() % 3)).trueColor());
    }
    inputs.add(inputs.get(2).crop(3, 0, 50, 80));
    return inputs;
  }
}
