package io.earthembed;

import io.earthembed.catalog.RandomCatalog;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A small made-up dataset and model: an input's embedding is drawn at random from its hash, so that
 * equal inputs have equal embeddings and others have not. Every fifth tile has the embedding of the
 * one before it, so that scores tie.
 */
final class Planet implements EmbeddingDataset {
  static final int DIMENSION = 8;

  final ModelInfo model;
  final List<TileRecord> tiles;
  final Vectors vectors;
  private final TileCatalog catalog;

  Planet(String name, List<TileRecord> tiles, long seed) {
    this.model = new ModelInfo(name, "1", DIMENSION);
    this.tiles = tiles;
    this.catalog = TileCatalog.of(tiles);
    this.vectors = Vectors.allocate(tiles.size(), DIMENSION);
    for (int i = 0; i < tiles.size(); i++) {
      vectors.set(i, i % 5 == 4 ? vectors.row(i - 1) : random(seed * 31 + i));
    }
  }

  static Planet of(long seed, int n) {
    return new Planet("toy", RandomCatalog.records(seed, n), seed);
  }

  static float[] random(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) vector[i] = (float) random.nextGaussian();
    Vectors one = Vectors.of(vector);
    one.normalize();
    return one.row(0);
  }

  private record Hash<T>(ModelInfo model) implements Encoder<T> {
    @Override
    public Vectors encode(List<? extends T> inputs) {
      Vectors vectors = Vectors.allocate(inputs.size(), DIMENSION);
      for (int i = 0; i < inputs.size(); i++) {
        T input = inputs.get(i);
        int hash = input instanceof Raster r ? r.data().hashCode() : input.hashCode();
        vectors.set(i, random(model.name().hashCode() * 17L + hash));
      }
      return vectors;
    }

    @Override
    public void close() {}
  }

  EmbeddingModel pictures() {
    return EmbeddingModel.of(new Hash<Raster>(model));
  }

  EmbeddingModel everything() {
    return pictures().withText(new Hash<String>(model)).withLocation(new Hash<GeoPoint>(model));
  }

  /** A model that also encodes a picture with a text as one input. */
  EmbeddingModel everythingAtOnce() {
    return everything().withImageText(new Hash<ImageText>(model));
  }

  EarthExplorer explorer() {
    return EarthExplorer.open(this, everything());
  }

  @Override
  public ModelInfo model() {
    return model;
  }

  @Override
  public TileCatalog catalog() {
    return catalog;
  }

  @Override
  public void forEachBatch(Consumer<Vectors> batches) {
    batches.accept(vectors);
  }
}
