package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.util.List;
import java.util.function.Consumer;

/** Explorers of tiles whose embeddings are angles: each next tile is a little farther from 0. */
final class Angles {
  private static final double STEP = 0.03;

  private Angles() {}

  /** Every query is one angle. */
  private record Constant<T>(ModelInfo model, double angle) implements Encoder<T> {
    @Override
    public Vectors encode(List<? extends T> inputs) {
      Vectors vectors = Vectors.allocate(inputs.size(), 2);
      for (int i = 0; i < inputs.size(); i++) vectors.set(i, at(angle));
      return vectors;
    }

    @Override
    public List<String> assumptions(T input) {
      Raster picture = input instanceof ImageText both ? both.image() : null;
      if (input instanceof Raster alone) picture = alone;
      if (picture == null || picture.acquisition().time() != null) return List.of();
      return List.of("time unknown: noon");
    }

    @Override
    public void close() {}
  }

  private static float[] at(double angle) {
    return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
  }

  /** Returns an explorer of tiles, the best of which is the first. */
  static EarthExplorer explorer(List<TileRecord> tiles) {
    return explorer("angles", tiles, i -> i * STEP);
  }

  /** The angle of a tile. */
  interface Angle {
    double of(int row);
  }

  /** Returns an explorer of a model whose tiles have these angles. */
  static EarthExplorer explorer(String model, List<TileRecord> tiles, Angle angle) {
    return explorer(model(model), tiles, angle);
  }

  /** Returns a model that takes every picture and every text for the angle 0. */
  static EmbeddingModel model(String name) {
    ModelInfo info = new ModelInfo(name, "1", 2);
    return EmbeddingModel.of(new Constant<Raster>(info, 0)).withText(new Constant<String>(info, 0));
  }

  /** Returns that model, which takes a picture with a text for another angle. */
  static EmbeddingModel modelOfBoth(String name, double angle) {
    EmbeddingModel model = model(name);
    return model.withImageText(new Constant<ImageText>(model.info(), angle));
  }

  /** Returns an explorer whose tiles have these angles. */
  static EarthExplorer explorer(EmbeddingModel model, List<TileRecord> tiles, Angle angle) {
    ModelInfo info = model.info();
    TileCatalog catalog = TileCatalog.of(tiles);
    Vectors vectors = Vectors.allocate(tiles.size(), 2);
    for (int i = 0; i < tiles.size(); i++) vectors.set(i, at(angle.of(i)));
    EmbeddingDataset dataset =
        new EmbeddingDataset() {
          @Override
          public ModelInfo model() {
            return info;
          }

          @Override
          public TileCatalog catalog() {
            return catalog;
          }

          @Override
          public void forEachBatch(Consumer<Vectors> batches) {
            batches.accept(vectors);
          }
        };
    return EarthExplorer.open(dataset, model);
  }
}
