package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Generated landscapes that the demo model has embedded, in an archive of shards. Their places are
 * random; the first is dated 2024-01-01, each next one a day later, and every tenth has no date.
 */
public final class DemoEarth implements AutoCloseable {
  /** Side of a landscape in pixels. */
  public static final int PIXELS = 64;

  private static final Instant FIRST = Instant.parse("2024-01-01T10:00:00Z");

  private final EmbeddingModel model = DemoModel.load();
  private final ParquetImageryStore store = ParquetImageryStore.open();
  private final EarthExplorer explorer;

  /**
   * Makes and embeds landscapes.
   *
   * @param folder receives the archive and the embeddings
   * @param count number of landscapes, of all kinds in turn
   */
  public DemoEarth(Path folder, int count) {
    Path shard = folder.resolve("part_00001.parquet");
    LandscapeKind[] kinds = LandscapeKind.values();
    SplittableRandom random = new SplittableRandom(7);
    Set<GridCell> taken = new HashSet<>();
    try (ShardWriter writer = new ShardWriter(shard)) {
      for (int i = 0; i < count; i++) {
        Landscape landscape =
            Landscape.generate(kinds[i % kinds.length], 1_000_000 + i / kinds.length, PIXELS);
        GridCell cell = null;
        while (cell == null || !taken.add(cell)) {
          double latitude = Math.toDegrees(Math.asin(random.nextDouble(-0.95, 0.95)));
          cell = MajorTomGrid.CORE.cellOf(new GeoPoint(latitude, random.nextDouble(-180, 180)));
        }
        writer.add(tile(landscape, cell, i));
      }
      writer.finish();
    }
    List<TileRecord> records = new ArrayList<>();
    for (TileRecord tile : store.list(shard.toUri())) {
      records.add(tile.withAttributes(attributes(tile, records.size())));
    }
    GeoParquetSink sink = new GeoParquetSink(folder.resolve("embeddings"), model.info());
    EmbeddingPipeline.builder(store, model, Crops.center(PIXELS), sink).build().run(records);
    GeoParquetDataset dataset = GeoParquetDataset.open(folder.resolve("embeddings"), model.info());
    ExactIndex index = new ExactIndex(model.info().dimension(), ExactIndex.DEFAULT_METRIC);
    explorer = EarthExplorer.open(dataset, model, index, store).owning();
  }

  private static ShardTile tile(Landscape landscape, GridCell cell, int i) {
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : Band.values()) bands.put(band, landscape.band(band));
    String name = landscape.kind().name().toLowerCase(Locale.ROOT) + "-" + i;
    @Nullable Instant time = i % 10 == 9 ? null : FIRST.plus(Duration.ofDays(i));
    return new ShardTile(
        cell, name, time, MajorTomGrid.CORE.centerOf(cell), bands, landscape.trueColor());
  }

  /** The serial number of tile 0; numbers of JavaScript cannot have all that follow. */
  static final long SERIAL = (1L << 53) + 1;

  /** Returns attributes of all types, of which each tile lacks some. */
  private static Attributes attributes(TileRecord tile, int i) {
    Attributes own = Attributes.NONE.with("number", i).with("third", i % 3 == 0);
    own = own.with("serial", SERIAL + i);
    String name = String.valueOf(tile.productId());
    if (i % 4 > 0) own = own.with("kind", name.substring(0, name.lastIndexOf('-')));
    if (i % 5 > 0) own = own.with("share", i / 8.0);
    Instant time = tile.timestamp();
    return time == null ? own : own.with("taken", time);
  }

  /**
   * Returns an explorer of the same tiles at a later time: those of rivers look like those of
   * lakes, all others as before. The caller closes it.
   */
  public EarthExplorer later() {
    Vectors vectors = Vectors.allocate((int) explorer.catalog().size(), model.info().dimension());
    int[] row = {0};
    explorer
        .embeddings()
        .forEachBatch(
            batch -> {
              for (int i = 0; i < batch.rows(); i++) vectors.set(row[0]++, batch.row(i));
            });
    SplittableRandom random = new SplittableRandom(8);
    int kinds = LandscapeKind.values().length;
    for (int river = 0; river + 1 < vectors.rows(); river += kinds) {
      float[] lake = vectors.row(river + 1);
      // Embeddings that two cells share count as artefacts.
      for (int j = 0; j < lake.length; j++) lake[j] += (float) random.nextDouble(-0.01, 0.01);
      vectors.set(river, lake);
    }
    vectors.normalize();
    EmbeddingDataset dataset = EmbeddingDataset.of(explorer.catalog(), vectors, model.info());
    ExactIndex index = new ExactIndex(model.info().dimension(), ExactIndex.DEFAULT_METRIC);
    return EarthExplorer.open(dataset, model, index, store);
  }

  /** Returns the explorer. */
  public EarthExplorer explorer() {
    return explorer;
  }

  /** Returns the explorer as a server takes it, under the name demo. */
  public ServedExplorer served() {
    return ServedExplorer.of("demo", explorer)
        .withTitle("Generated landscapes")
        .withAttribution("Generated; not photographs")
        .withLicence("Apache-2.0")
        .withCropPixels(PIXELS)
        .withExamples(List.of("a satellite image of a river", "a satellite image of snow"));
  }

  @Override
  public void close() {
    explorer.close();
  }
}
