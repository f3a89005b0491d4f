package io.earthembed.benchmarks;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Polygon;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes random vectors, and tiles spread evenly over the sphere. Equal arguments give equal data.
 */
final class SyntheticData {
  /** Passes a sixth of the tiles. */
  static final TileFilter BOX = TileFilter.within(new BoundingBox(-20, -40, 60, 40));

  /** Passes a third of the tiles. */
  static final TileFilter THREE_YEARS =
      TileFilter.sensed(
          Instant.parse("2018-01-01T00:00:00Z"), Instant.parse("2021-01-01T00:00:00Z"));

  /** Passes tiles of both filters with a clear sky. */
  static final TileFilter BOX_YEARS_CLOUDS =
      BOX.and(THREE_YEARS).and(TileFilter.cloudCoverAtMost(20));

  private SyntheticData() {}

  /** Returns a filter for tiles in a star of a thousand corners. */
  static TileFilter star() {
    List<GeoPoint> corners = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      double angle = 2 * Math.PI * i / 1000;
      double radius = 25 + 10 * Math.sin(9 * angle);
      corners.add(new GeoPoint(10 + radius * Math.sin(angle), 20 + radius * Math.cos(angle)));
    }
    return TileFilter.within(Polygon.of(corners));
  }

  /** Returns vectors of length 1 in random directions. */
  static Vectors vectors(int rows, int dimension, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < dimension; j++) row[j] = (float) (random.nextDouble() - 0.5);
      vectors.set(i, row);
    }
    vectors.normalize();
    return vectors;
  }

  /** Returns tiles of the years 2015 to 2025, twenty per product and 500 per shard. */
  static List<TileRecord> tiles(int n) {
    Random random = new Random(2);
    List<TileRecord> tiles = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      GeoPoint center =
          new GeoPoint(
              Math.toDegrees(Math.asin(random.nextDouble(-0.99, 0.99))),
              random.nextDouble(-180, 180));
      tiles.add(
          new TileRecord(
              "tile-" + i,
              MajorTomGrid.CORE.cellOf(center),
              "product-" + i / 20,
              Instant.ofEpochSecond(1_450_000_000 + random.nextInt(300_000_000)),
              center,
              random.nextInt(101),
              new TileRef(URI.create("https://localhost/part_" + i / 500 + ".parquet"), i % 500)));
    }
    return tiles;
  }

  /** Returns a catalog of such tiles. */
  static TileCatalog catalog(int n) {
    return TileCatalog.of(tiles(n));
  }

  /** Returns a dataset of such tiles and vectors. */
  static EmbeddingDataset dataset(TileCatalog catalog, Vectors vectors) {
    return new InMemory(catalog, vectors);
  }

  private record InMemory(TileCatalog catalog, Vectors vectors) implements EmbeddingDataset {
    @Override
    public ModelInfo model() {
      return info(vectors.dimension());
    }

    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      batches.accept(vectors);
    }
  }

  static ModelInfo info(int dimension) {
    return new ModelInfo("random", "1", dimension);
  }

  /**
   * Returns a model that encodes nothing: queries are vectors, so the measurements contain no
   * encoder's time.
   */
  static EmbeddingModel model(int dimension) {
    return EmbeddingModel.of(new NoEncoder(info(dimension)));
  }

  private record NoEncoder(ModelInfo model) implements Encoder<Raster> {
    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  /** Removes a folder with all that is in it. */
  static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }
}
