package io.earthembed.onnx;

import io.earthembed.encoder.Encoder;
import io.earthembed.geo.GeoPoint;
import io.earthembed.testkit.EncoderContract;
import java.util.List;

class DemoLocationContractTest extends EncoderContract<GeoPoint> {
  @Override
  protected Encoder<GeoPoint> create() {
    return DemoModel.load(EncoderOptions.defaults().withBatchSize(4)).location().orElseThrow();
  }

  @Override
  protected List<GeoPoint> inputs() {
    return List.of(
        new GeoPoint(-3.1, -60),
        new GeoPoint(23, 10),
        new GeoPoint(90, 0),
        new GeoPoint(-90, 0),
        new GeoPoint(48.85, 2.35),
        new GeoPoint(10, -180));
  }
}
