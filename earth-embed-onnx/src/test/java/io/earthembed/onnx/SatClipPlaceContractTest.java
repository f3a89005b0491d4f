package io.earthembed.onnx;

import io.earthembed.encoder.Encoder;
import io.earthembed.geo.GeoPoint;
import io.earthembed.testkit.EncoderContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class SatClipPlaceContractTest extends EncoderContract<GeoPoint> {
  @TempDir private static Path directory;

  @BeforeAll
  static void unpack() throws IOException {
    Goldens.unpack("satclip", "fp32", directory, "model.json", "image.onnx", "location.onnx");
  }

  @Override
  protected Encoder<GeoPoint> create() {
    return SatClip.load(directory, EncoderOptions.defaults().withBatchSize(4))
        .location()
        .orElseThrow();
  }

  @Override
  protected List<GeoPoint> inputs() {
    return List.of(
        new GeoPoint(0, 0),
        new GeoPoint(-90, 0),
        new GeoPoint(51.5, 179.9),
        new GeoPoint(-3, -60),
        new GeoPoint(70, 20));
  }
}
