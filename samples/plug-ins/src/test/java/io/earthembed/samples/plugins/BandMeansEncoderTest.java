package io.earthembed.samples.plugins;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.Encoder;
import io.earthembed.image.Raster;
import io.earthembed.testkit.EncoderContract;
import java.util.List;
import java.util.stream.Stream;

class BandMeansEncoderTest extends EncoderContract<Raster> {
  private static final List<Raster> PICTURES =
      Stream.of(LandscapeKind.values())
          .map(kind -> Landscape.generate(kind, 1, 32).trueColor())
          .toList();

  @Override
  protected Encoder<Raster> create() {
    return new BandMeansEncoder();
  }

  @Override
  protected List<Raster> inputs() {
    return PICTURES;
  }
}
