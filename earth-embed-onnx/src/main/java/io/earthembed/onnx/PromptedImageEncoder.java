package io.earthembed.onnx;

import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.Raster;
import io.earthembed.vector.Vectors;
import java.util.List;

/**
 * Encodes pictures alone by a network of pictures with texts. Safe for many threads.
 *
 * @param both the network's encoder, which is closed with this one
 */
record PromptedImageEncoder(Encoder<ImageText> both) implements Encoder<Raster> {
  private static ImageText alone(Raster image) {
    return new ImageText(image, "");
  }

  @Override
  public ModelInfo model() {
    return both.model();
  }

  @Override
  public String preparation() {
    return both.preparation();
  }

  @Override
  public List<String> assumptions(Raster image) {
    return both.assumptions(alone(image));
  }

  @Override
  public Vectors encode(List<? extends Raster> images) {
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i) == null) throw new IllegalArgumentException("inputs[" + i + "] is null");
    }
    return both.encode(images.stream().map(PromptedImageEncoder::alone).toList());
  }

  @Override
  public void close() {
    both.close();
  }
}
