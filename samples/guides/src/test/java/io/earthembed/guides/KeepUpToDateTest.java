package io.earthembed.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.collection.CollectionWriter;
import io.earthembed.collection.Snapshot;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GridCell;
import io.earthembed.guides.examples.KeepUpToDate;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.onnx.DemoModel;
import io.earthembed.vector.Vectors;
import io.earthembed.web.ExplorerServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the code of the guide to keeping embeddings up to date. */
class KeepUpToDateTest {
  @TempDir Path folder;

  private static List<TileRecord> tiles(int from, int to) {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = from; i < to; i++) {
      tiles.add(new TileRecord("tile-" + i, null, null, null, null, Float.NaN, null));
    }
    return tiles;
  }

  private static Vectors vectors(int rows, int dimension) {
    Random random = new Random(rows);
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < dimension; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    vectors.normalize();
    return vectors;
  }

  /** Reads a generated landscape for each row group. */
  private static Tile landscape(TileRef source, TileParts parts) {
    int i = source.rowGroup();
    Landscape landscape = Landscape.generate(LandscapeKind.values()[i % 10], i, 448);
    GeoReference place = new GeoReference(32632, 500_000 + 4_480.0 * i, 5_000_000, 10);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : parts.bands()) bands.put(band, landscape.band(band).withReference(place));
    return new Tile(source, new GridCell(1, i), "product", null, bands, null, null);
  }

  @Test
  void embedsWhatTheCollectionLacks() {
    ImageryStore store = KeepUpToDateTest::landscape;
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      TileRef source = new TileRef(URI.create("mem:/archive"), i);
      GridCell cell = new GridCell(1, i);
      tiles.add(new TileRecord("tile-" + i, cell, "product", null, null, Float.NaN, source));
    }
    try (EmbeddingModel model = DemoModel.load();
        CollectionWriter writer =
            CollectionWriter.open(
                folder, EmbeddingOrigin.of(model.info()), KeepUpToDate.withFaiss())) {
      assertEquals(2, KeepUpToDate.embed(store, model, tiles.subList(0, 2), writer).embedded());
      assertEquals(1, KeepUpToDate.embed(store, model, tiles, writer).embedded());
    }
  }

  @Test
  void runs() {
    Path live = folder.resolve("live");
    Path nightly = folder.resolve("nightly");
    try (EmbeddingModel model = DemoModel.load()) {
      int dimension = model.info().dimension();
      try (CollectionWriter writer =
          CollectionWriter.open(
              live,
              EmbeddingOrigin.of(model.info()),
              KeepUpToDate.withFaiss().withIndexedRows(5))) {
        writer.add(tiles(0, 10), vectors(10, dimension));
        KeepUpToDate.change(
            writer, tiles(8, 12), vectors(4, dimension), List.of("tile-0", "tile-1"));
        try (ExplorerServer server = KeepUpToDate.serve(writer, model);
            Snapshot snapshot = writer.collection().snapshot()) {
          assertEquals(10, snapshot.catalog().size());
          assertEquals(10, KeepUpToDate.addMissing(nightly, snapshot));
          assertEquals(0, KeepUpToDate.addMissing(nightly, snapshot));
        }
        assertEquals(10, KeepUpToDate.follow(live, model).hits().size());
        Path saved = folder.resolve("saved");
        assertEquals(10, KeepUpToDate.export(writer.collection(), saved));
        try (EarthExplorer explorer = EarthExplorer.open(writer.collection(), model)) {
          KeepUpToDate.replace(explorer, saved);
          writer.remove(List.of("tile-5"));
          assertEquals(10, explorer.search(Query.text("sea"), SearchOptions.top(99)).hits().size());
        }
      }
    }
  }
}
