package io.earthembed.onnx;

import io.earthembed.encoder.Encoder;
import io.earthembed.image.Raster;
import io.earthembed.testkit.EncoderContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class SatClipBandContractTest extends EncoderContract<Raster> {
  @TempDir private static Path directory;

  @BeforeAll
  static void unpack() throws IOException {
    Goldens.unpack("satclip", "fp32", directory, "model.json", "image.onnx", "location.onnx");
  }

  @Override
  protected Encoder<Raster> create() {
    return SatClip.load(directory, EncoderOptions.defaults().withBatchSize(4)).image();
  }

  @Override
  protected List<Raster> inputs() {
    return Goldens.stacks().subList(0, 5);
  }
}
