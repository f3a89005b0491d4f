package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
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

  /** Every query is the angle 0. */
  private record Zero<T>(ModelInfo model) implements Encoder<T> {
    @Override
    public Vectors encode(List<? extends T> inputs) {
      Vectors vectors = Vectors.allocate(inputs.size(), 2);
      for (int i = 0; i < inputs.size(); i++) vectors.set(i, new float[] {1, 0});
      return vectors;
    }

    @Override
    public void close() {}
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
    ModelInfo info = new ModelInfo(model, "1", 2);
    TileCatalog catalog = TileCatalog.of(tiles);
    Vectors vectors = Vectors.allocate(tiles.size(), 2);
    for (int i = 0; i < tiles.size(); i++) {
      double a = angle.of(i);
      vectors.set(i, new float[] {(float) Math.cos(a), (float) Math.sin(a)});
    }
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
    return EarthExplorer.open(
        dataset, EmbeddingModel.of(new Zero<Raster>(info)).withText(new Zero<String>(info)));
  }
}
