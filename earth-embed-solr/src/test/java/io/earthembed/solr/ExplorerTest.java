package io.earthembed.solr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

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
import io.earthembed.onnx.DemoModel;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An explorer over a cluster returns the answers of one in memory. */
class ExplorerTest {
  private static final int ROWS = 600;

  @TempDir Path folder;

  private record Random600(ModelInfo model, TileCatalog catalog, Vectors vectors)
      implements EmbeddingDataset {
    static Random600 of(ModelInfo model) {
      Random random = new Random(31);
      Vectors vectors = Vectors.allocate(ROWS, model.dimension());
      List<TileRecord> tiles = new ArrayList<>();
      float[] row = new float[model.dimension()];
      for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < row.length; j++) row[j] = (float) random.nextGaussian();
        vectors.set(i, row);
        GeoPoint at = new GeoPoint(random.nextDouble(-70, 70), random.nextDouble(-180, 180));
        tiles.add(
            new TileRecord(
                "tile " + i,
                MajorTomGrid.CORE.cellOf(at),
                "p",
                Instant.EPOCH,
                at,
                random.nextFloat(0, 100),
                null));
      }
      vectors.normalize();
      return new Random600(model, TileCatalog.of(tiles), vectors);
    }

    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      batches.accept(vectors);
    }
  }

  private static void assertSame(EarthExplorer expected, EarthExplorer actual, float[] vector) {
    List<Query> queries =
        List.of(
            Query.text("a satellite image of a river"),
            Query.vector(vector),
            Query.tile("tile 7"),
            Query.tileAt(-3.1, -60),
            Query.text("a forest").minus(0.4, Query.tile("tile 9")),
            Query.fuse(Query.text("a forest").weighted(1), Query.tile("tile 30").weighted(2)));
    TileFilter clearOverThePacific =
        TileFilter.within(new BoundingBox(120, -60, -120, 60)).and(TileFilter.cloudCoverAtMost(40));
    List<SearchOptions> options =
        List.of(
            SearchOptions.top(10),
            SearchOptions.builder().k(10).filter(clearOverThePacific).scoreField().build(),
            SearchOptions.builder().k(5).minDistance(2e6).offset(3).build(),
            SearchOptions.topFraction(0.05));
    for (Query query : queries) {
      for (SearchOptions option : options) {
        String what = query + " " + option;
        SearchResult theirs = expected.search(query, option);
        SearchResult ours = actual.search(query, option);
        assertFalse(theirs.hits().isEmpty(), what);
        assertArrayEquals(theirs.neighbors().ordinals(), ours.neighbors().ordinals(), what);
        assertArrayEquals(theirs.neighbors().scores(), ours.neighbors().scores(), 1e-5f, what);
        assertEquals(theirs.searched(), ours.searched(), what);
        assertEquals(
            theirs.scoreField().isPresent() ? theirs.scoreField().get().size() : -1,
            ours.scoreField().isPresent() ? ours.scoreField().get().size() : -1,
            what);
      }
    }
    assertEquals(
        expected.searchAll(queries.subList(0, 3), SearchOptions.top(4)).get(2).hits().get(0).tile(),
        actual.searchAll(queries.subList(0, 3), SearchOptions.top(4)).get(2).hits().get(0).tile());
  }

  @Test
  void answersAsFromMemoryAndFromWhatItSaved() {
    try (Cluster cluster = new Cluster();
        EmbeddingModel model = DemoModel.load()) {
      Random600 dataset = Random600.of(model.info());
      int dimension = model.info().dimension();
      EarthExplorer memory = EarthExplorer.open(dataset, model);
      SolrIndex index = SolrIndex.create(cluster.options(), dimension, Metric.INNER_PRODUCT);
      EarthExplorer earth = EarthExplorer.open(dataset, model, index);
      float[] vector = dataset.vectors().row(100);
      assertSame(memory, earth, vector);
      SearchResult found = earth.search(Query.text("a river"), SearchOptions.top(3));
      assertEquals(found.hits().get(0).score(), found.explain(found.hits().get(0)).score(), 1e-5);
      earth.save(folder);
      EarthExplorer again =
          EarthExplorer.open(folder, model, file -> SolrIndex.load(file, cluster.options()));
      assertSame(memory, again, vector);
      again.close();
      earth.close();
      index.close();
      memory.close();
    }
  }
}
