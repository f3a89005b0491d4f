package io.earthembed.view;

import io.earthembed.EarthExplorer;
import io.earthembed.ModelComparison;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Results of real searches over small synthetic datasets, whose embeddings are angles in the plane.
 */
final class Results {
  private static final ModelInfo MODEL = new ModelInfo("angles", "1", 2);

  private Results() {}

  /** Every query is the angle 0, so a tile's score is the cosine of its own angle. */
  private record Angle<T>(ModelInfo model) implements Encoder<T> {
    @Override
    public List<String> assumptions(T input) {
      boolean undated = input instanceof Raster picture && picture.acquisition().time() == null;
      return undated ? List.of("time unknown: <zeros>") : List.of();
    }

    @Override
    public Vectors encode(List<? extends T> inputs) {
      Vectors vectors = Vectors.allocate(inputs.size(), 2);
      for (int i = 0; i < inputs.size(); i++) vectors.set(i, new float[] {1, 0});
      return vectors;
    }

    @Override
    public void close() {}
  }

  static TileRecord tile(String id, double latitude, double longitude) {
    return new TileRecord(
        id,
        new GridCell((int) Math.floor(latitude * 11), (int) Math.floor(longitude * 11)),
        "S2B_MSIL2A_20240607T101559",
        Instant.parse("2024-06-07T10:15:59Z"),
        new GeoPoint(latitude, longitude),
        Float.NaN,
        new TileRef(URI.create("http://localhost/part_00001.parquet"), 7));
  }

  static SearchResult of(
      Query query, int k, boolean field, List<TileRecord> tiles, float[] scores) {
    SearchOptions options = SearchOptions.top(k);
    return of(query, field ? options.toBuilder().scoreField().build() : options, tiles, scores);
  }

  static SearchResult of(
      Query query, SearchOptions options, List<TileRecord> tiles, float[] scores) {
    try (EarthExplorer explorer = explorer(MODEL, tiles, scores)) {
      return explorer.search(query, options);
    }
  }

  /** Returns a fusion of the results of two models. */
  static SearchResult fused(SearchOptions options, List<TileRecord> tiles, float[] scores) {
    try (EarthExplorer first = explorer(MODEL, tiles, scores);
        EarthExplorer second = explorer(new ModelInfo("other", "2", 2), tiles, scores)) {
      return ModelComparison.of(first, second)
          .search(
              Query.fuse(
                  Query.text("a river").by("angles").weighted(1),
                  Query.location(1, 2).by("other").weighted(1)),
              options);
    }
  }

  /** Returns a result of two tiles of a dataset with an attribution. */
  static SearchResult attributed(Attribution attribution) {
    List<TileRecord> tiles = List.of(tile("a", 10, 20), tile("b", 11, 20));
    try (EarthExplorer explorer = explorer(MODEL, tiles, new float[] {0.5f, 0.4f}, attribution)) {
      return explorer.search(Query.text("a river"), SearchOptions.top(2));
    }
  }

  private static EarthExplorer explorer(ModelInfo info, List<TileRecord> tiles, float[] scores) {
    return explorer(info, tiles, scores, Attribution.NONE);
  }

  private static EarthExplorer explorer(
      ModelInfo info, List<TileRecord> tiles, float[] scores, Attribution attribution) {
    TileCatalog catalog = TileCatalog.of(tiles);
    Vectors vectors = Vectors.allocate(scores.length, 2);
    for (int i = 0; i < scores.length; i++) {
      vectors.set(i, new float[] {scores[i], (float) Math.sqrt(1 - scores[i] * scores[i])});
    }
    EmbeddingDataset dataset =
        new EmbeddingDataset() {
          @Override
          public ModelInfo model() {
            return info;
          }

          @Override
          public Attribution attribution() {
            return attribution;
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
    EmbeddingModel model =
        EmbeddingModel.of(new Angle<Raster>(info))
            .withText(new Angle<String>(info))
            .withImageText(new Angle<ImageText>(info))
            .withLocation(new Angle<GeoPoint>(info));
    return EarthExplorer.open(dataset, model);
  }

  /** Returns tiles at random places on land; scores grow towards the Amazon's mouth. */
  static SearchResult land(int n, int k) {
    return land(n, SearchOptions.builder().k(k).scoreField().build());
  }

  static SearchResult land(int n, SearchOptions options) {
    Random random = new Random(7);
    List<TileRecord> tiles = new ArrayList<>();
    float[] scores = new float[n];
    while (tiles.size() < n) {
      GeoPoint point =
          new GeoPoint(
              Math.toDegrees(Math.asin(2 * random.nextDouble() - 1)),
              random.nextDouble() * 360 - 180);
      if (!NaturalEarth.isLand(point) || point.latitude() < -60) continue;
      double away = point.distanceTo(new GeoPoint(-3, -60)) / 1000;
      scores[tiles.size()] =
          (float) (0.12 + 0.2 * Math.exp(-away / 2500) + 0.02 * random.nextGaussian());
      tiles.add(tile("tile-" + tiles.size(), point.latitude(), point.longitude()));
    }
    return of(Query.text("a satellite image of a river"), options, tiles, scores);
  }

  /** Returns a picture with a horizontal colour gradient. */
  static Raster picture(int seed) {
    Raster raster = Raster.allocate(64, 64, 3, SampleType.UINT8);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        raster.set(y, x, 0, x * 3);
        raster.set(y, x, 1, 60 + y * 2);
        raster.set(y, x, 2, seed * 40 % 256);
      }
    }
    return raster;
  }
}
