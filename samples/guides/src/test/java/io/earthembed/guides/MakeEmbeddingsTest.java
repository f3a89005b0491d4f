package io.earthembed.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.guides.examples.MakeEmbeddings;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the code of the guide to making embeddings. */
class MakeEmbeddingsTest {
  private static final int TILES = 12;

  @TempDir Path folder;

  private Path writeShard() {
    Path shard = folder.resolve("part_00001.parquet");
    try (ShardWriter writer = new ShardWriter(shard)) {
      for (int i = 0; i < TILES; i++) {
        Landscape landscape = Landscape.generate(LandscapeKind.values()[i % 10], i, 448);
        GridCell cell = MajorTomGrid.CORE.cellOf(new GeoPoint(45, 9 + i));
        GeoReference place = new GeoReference(32632, 500_000 + 4_480.0 * i, 5_000_000, 10);
        Map<Band, Raster> bands = new EnumMap<>(Band.class);
        for (Band band : List.of(Band.B02, Band.B03, Band.B04)) {
          bands.put(band, landscape.band(band).withReference(place));
        }
        writer.add(new ShardTile(cell, "p" + i, Instant.EPOCH, new GeoPoint(45, 9), bands, null));
      }
      writer.finish();
    }
    return shard;
  }

  @Test
  void makesASetThatCanBeSearched() {
    Path shard = writeShard();
    try (EmbeddingModel model = DemoModel.load()) {
      GeoParquetDataset dataset =
          MakeEmbeddings.ofShards(List.of(shard.toUri()), model, folder.resolve("out"));
      assertEquals(TILES, dataset.catalog().size());
      assertEquals("TRUE_COLOUR, centre 384", dataset.origin().crops());
      assertTrue(dataset.origin().preparation().startsWith("RGB size=64 "));
      assertEquals(folder.toUri().toString(), dataset.origin().source());
      try (EarthExplorer earth = EarthExplorer.open(dataset, DemoModel.load()).owning()) {
        String id = dataset.catalog().record(4).id();
        assertEquals(
            id, earth.search(Query.tile(id), SearchOptions.top(1)).hits().get(0).tile().id());
      }
    }
  }

  /** Embeds a list that has grown, under another part name. */
  @Test
  void addsToADatasetWhatItLacks() {
    Path shard = writeShard();
    for (Crops crops : List.of(Crops.center(384), Crops.fragments(224))) {
      Path out = folder.resolve(crops.toString());
      try (EmbeddingModel model = DemoModel.load();
          ParquetImageryStore store = ParquetImageryStore.open()) {
        List<TileRecord> tiles = store.list(shard.toUri());
        EmbeddingPipeline pipeline =
            EmbeddingPipeline.of(store, model, crops, new GeoParquetSink(out, model.info()));
        assertEquals(5, pipeline.run(tiles.subList(2, 7)).embedded());
        EmbeddingPipeline.Report more = pipeline.toBuilder().partName("more").build().run(tiles);
        assertEquals(TILES - 5, more.embedded());
        assertEquals(5, more.resumed());
        assertEquals(0, pipeline.toBuilder().partName("again").build().run(tiles).embedded());
        TileCatalog catalog = GeoParquetDataset.open(out).catalog();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < catalog.size(); i++) ids.add(catalog.record(i).id());
        assertEquals((long) TILES * crops.of(448, 448).size(), catalog.size());
        assertEquals(catalog.size(), ids.size());
        assertEquals(1, MakeEmbeddings.mergeSmallFiles(out, model));
        assertEquals(catalog.size(), GeoParquetDataset.open(out).catalog().size());
        assertEquals(0, pipeline.toBuilder().partName("third").build().run(tiles).embedded());
        EmbeddingPipeline other =
            EmbeddingPipeline.of(
                store, model, Crops.center(100), new GeoParquetSink(out, model.info()));
        EarthEmbedException refused =
            assertThrows(
                EarthEmbedException.class,
                () -> other.toBuilder().partName("other").build().run(tiles));
        assertTrue(String.valueOf(refused.getMessage()).contains("centre 100"), refused.toString());
      }
    }
  }

  @Test
  void makesTwoSetsInOnePass() {
    Path shard = writeShard();
    try (EmbeddingModel model = DemoModel.load();
        ParquetImageryStore store = ParquetImageryStore.open()) {
      List<TileRecord> tiles = store.list(shard.toUri());
      long before = store.stats().requests();
      EmbeddingPipeline.Report report =
          MakeEmbeddings.inOnePass(store, tiles, model, model, folder.resolve("out"));
      assertEquals(TILES, report.embedded());
      assertTrue(store.stats().requests() - before <= TILES, "each tile is read once");
      GeoParquetDataset one = GeoParquetDataset.open(folder.resolve("out/siglip"));
      GeoParquetDataset two = GeoParquetDataset.open(folder.resolve("out/farslip"));
      assertEquals(TILES, one.catalog().size());
      assertEquals(4 * TILES, two.catalog().size());
      Set<String> ids = new HashSet<>();
      for (int i = 0; i < two.catalog().size(); i++) ids.add(two.catalog().record(i).id());
      assertEquals(4 * TILES, ids.size());
      assertTrue(ids.contains(tiles.get(3).id() + "#0_224"), ids.toString());
    }
  }
}
