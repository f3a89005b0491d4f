package io.earthembed.encoder;

import io.earthembed.image.Raster;
import io.earthembed.vector.Vectors;
import java.util.List;

/**
 * Stands for the picture tower of a model that is not at hand.
 *
 * @param model the model
 */
record MissingEncoder(ModelInfo model) implements Encoder<Raster> {
  @Override
  public Vectors encode(List<? extends Raster> inputs) {
    if (inputs.isEmpty()) return Vectors.allocate(0, model.dimension());
    throw new IllegalArgumentException(
        model
            + " has no image encoder here; it answers [location by the nearest tile, tile, vector]");
  }

  @Override
  public void close() {}
}
