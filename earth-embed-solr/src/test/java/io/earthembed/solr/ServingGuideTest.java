package io.earthembed.solr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.vector.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Compiles and runs the guide to clusters' code for serving. */
class ServingGuideTest {
  private static final List<String> TEXTS =
      List.of(
          "a satellite image of a forest",
          "a satellite image of a highway",
          "a satellite image of a river",
          "a satellite image of the sea",
          "a satellite image of a residential area");

  /** Tiles near Fiji, whose embeddings are those of texts. */
  private record Five(ModelInfo model, TileCatalog catalog, Vectors vectors)
      implements EmbeddingDataset {
    static Five of(EmbeddingModel model) {
      List<TileRecord> tiles = new ArrayList<>();
      for (int i = 0; i < TEXTS.size(); i++) {
        GeoPoint at = new GeoPoint(-15, i % 2 == 0 ? 176 + i : -179 + i);
        tiles.add(
            new TileRecord(
                TEXTS.get(i), MajorTomGrid.CORE.cellOf(at), "p", Instant.EPOCH, at, 10f * i, null));
      }
      Vectors vectors = model.text().orElseThrow().encode(TEXTS);
      return new Five(model.info(), TileCatalog.of(tiles), vectors);
    }

    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      batches.accept(Vectors.of(vectors.row(0), vectors.row(1)));
      batches.accept(Vectors.of(vectors.row(2), vectors.row(3), vectors.row(4)));
    }
  }

  @Test
  void anExplorerSearchesAReplicatedIndex() {
    try (Cluster cluster = new Cluster();
        EmbeddingModel model = DemoModel.load()) {
      List<String> urls = cluster.urls();
      Five dataset = Five.of(model);
      ServingGuide.fill(dataset, urls);
      float[] river = dataset.vectors().row(2);
      // Clouds of 0, 10 and 20 percent.
      long[] clear = ServingGuide.near(river, urls).ordinals();
      assertEquals(2, clear[0]);
      assertEquals(3, clear.length);
      SearchResult found = ServingGuide.explore(dataset, model, urls);
      assertEquals(TEXTS.get(2), found.hits().get(0).tile().id());
      assertEquals(1, found.hits().get(0).score(), 1e-5);
      assertEquals(5, found.hits().size());
      assertEquals(2, found.hits().get(0).ordinal());
    }
  }
}
