package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A score field by the copy in 8 bits, beside exact hits. */
class EstimatedFieldTest {
  private static final int ROWS = 4_000;
  private static final int DIMENSION = 96;
  private static final ModelInfo MODEL = new ModelInfo("random", "1", DIMENSION);

  private static final TileFilter NORTH = TileFilter.within(new BoundingBox(-180, 0, 180, 90));

  private record Embedded(ModelInfo model, TileCatalog catalog, Vectors vectors)
      implements EmbeddingDataset {
    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      batches.accept(vectors);
    }
  }

  private static EarthExplorer explorer(FaissIndex index) {
    Random random = new Random(3);
    List<TileRecord> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(ROWS, DIMENSION);
    float[] row = new float[DIMENSION];
    for (int i = 0; i < ROWS; i++) {
      GeoPoint center =
          new GeoPoint(random.nextDouble() * 160 - 80, random.nextDouble() * 360 - 180);
      tiles.add(
          new TileRecord(
              "tile-" + i,
              MajorTomGrid.CORE.cellOf(center),
              "product",
              Instant.EPOCH,
              center,
              Float.NaN,
              null));
      for (int j = 0; j < DIMENSION; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    vectors.normalize();
    EmbeddingModel model = EmbeddingModel.withoutEncoders(MODEL);
    return EarthExplorer.open(new Embedded(MODEL, TileCatalog.of(tiles), vectors), model, index);
  }

  @Test
  void hitsStayExactAndTheErrorIsStated() {
    try (FaissIndex index = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
        EarthExplorer earth = explorer(index)) {
      index.setQuantizedCopy(true);
      SearchOptions.Builder options = SearchOptions.builder().k(20).filter(NORTH);
      for (float floor : new float[] {Float.NEGATIVE_INFINITY, 0.1f}) {
        Query query = Query.tile("tile-7");
        SearchResult exact = earth.search(query, options.scoreField(floor).build());
        SearchResult estimated = earth.search(query, options.estimatedScoreField(floor).build());
        assertArrayEquals(exact.neighbors().ordinals(), estimated.neighbors().ordinals());
        assertArrayEquals(exact.neighbors().scores(), estimated.neighbors().scores());
        assertEquals(exact.searched(), estimated.searched());
        assertEquals(0, exact.scoreFieldError());
        float error = estimated.scoreFieldError();
        assertTrue(error > 0 && error < 0.05, "error " + error);
        Neighbors field = estimated.scoreField().orElseThrow();
        if (floor == Float.NEGATIVE_INFINITY) assertEquals(exact.searched(), field.size());
        boolean different = false;
        float[] scores = new float[ROWS];
        Neighbors all = earth.search(query, SearchOptions.builder().build()).neighbors();
        for (int i = 0; i < all.size(); i++) scores[(int) all.ordinal(i)] = all.score(i);
        for (int i = 0; i < field.size(); i++) {
          assertTrue(earth.catalog().record(field.ordinal(i)).center().latitude() >= 0);
          assertTrue(field.score(i) >= floor);
          assertTrue(i == 0 || field.score(i) <= field.score(i - 1), "not best first");
          float score = scores[(int) field.ordinal(i)];
          assertEquals(score, field.score(i), error, "tile " + field.ordinal(i));
          different |= score != field.score(i);
        }
        assertTrue(different, "no score is an estimate");
      }
    }
  }

  @Test
  void withoutACopyTheFieldIsExact() {
    try (FaissIndex index = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
        EarthExplorer earth = explorer(index)) {
      for (float floor : new float[] {Float.NEGATIVE_INFINITY, 0.1f}) {
        SearchOptions.Builder options = SearchOptions.builder().k(20).filter(NORTH);
        Query query = Query.tile("tile-7");
        SearchResult exact = earth.search(query, options.scoreField(floor).build());
        SearchResult asked = earth.search(query, options.estimatedScoreField(floor).build());
        assertEquals(0, asked.scoreFieldError());
        Neighbors expected = exact.scoreField().orElseThrow();
        Neighbors field = asked.scoreField().orElseThrow();
        assertArrayEquals(expected.ordinals(), field.ordinals());
        assertArrayEquals(expected.scores(), field.scores());
        assertArrayEquals(exact.neighbors().ordinals(), asked.neighbors().ordinals());
      }
    }
  }
}
