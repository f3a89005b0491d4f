package io.earthembed.onnx;

import io.earthembed.image.Acquisition;
import io.earthembed.image.Raster;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Appends the values of {@link PictureMetadata} to the pixels that another preparation writes. */
final class MetadataPreparation implements Preparation<Raster> {
  private final Preparation<Raster> pixels;
  private final ImageDescription image;
  private final Collection<PictureMetadata> metadata;

  MetadataPreparation(Preparation<Raster> pixels, ImageDescription image) {
    this.pixels = pixels;
    this.image = image;
    this.metadata = image.metadata().values();
  }

  @Override
  public Sample sample(Raster raster) {
    Sample sample = pixels.sample(raster);
    return target -> {
      sample.write(target);
      for (PictureMetadata value : metadata) value.write(raster, image, target);
    };
  }

  @Override
  public int sampleBytes(int paddedLength) {
    int bytes = pixels.sampleBytes(paddedLength);
    for (PictureMetadata value : metadata) bytes += value.part("").bytes();
    return bytes;
  }

  @Override
  public String describe() {
    return pixels.describe();
  }

  @Override
  public List<String> assumptions(Raster raster) {
    Acquisition known = raster.acquisition();
    List<String> assumptions = new ArrayList<>();
    for (PictureMetadata value : metadata) {
      if (!value.isKnown(known)) assumptions.add(value.fallback());
    }
    return assumptions;
  }
}
