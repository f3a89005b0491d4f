package io.earthembed.benchmarks;

import io.earthembed.demo.http.RangeServer;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.EncoderOptions;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.pipeline.Fragment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Runs the embedding pipeline over a loopback server that waits 50 ms before each reply. Measures
 * the share of time in which the encoder works. Compares it with the encoder alone on crops in
 * memory, and with a loop that alternately reads and encodes a batch. Arguments: {@code [tiles]
 * [side] [crop] [readers] [threads]}; a crop smaller than the side means fragments.
 */
public final class EmbedArchive {
  private static final int PER_SHARD = 500;
  private static final int BATCH = 64;

  private EmbedArchive() {}

  /** Runs it and prints a table. */
  public static void main(String[] args) throws IOException {
    int tiles = argument(args, 0, 4_000);
    int side = argument(args, 1, 64);
    int crop = argument(args, 2, 64);
    int readers = argument(args, 3, 64);
    int threads = argument(args, 4, Runtime.getRuntime().availableProcessors());
    Crops crops = crop < side ? Crops.fragments(crop) : Crops.center(crop);
    Path folder = Files.createTempDirectory("earth-embed-bench");
    try (RangeServer server = RangeServer.start(folder);
        ParquetImageryStore store = ParquetImageryStore.open();
        EmbeddingModel model = DemoModel.load(EncoderOptions.defaults().withThreads(threads))) {
      List<TileRecord> records = publish(folder, server, store, tiles, side);
      server.setLatency(Duration.ofMillis(50));
      System.out.printf(
          Locale.ROOT,
          "%d tiles of %d x %d, %s, %d readers, encoder on %d threads, %s%n",
          tiles,
          side,
          side,
          crops,
          readers,
          threads,
          model.info());
      double alone = alone(store, records, crops, model);
      System.out.printf(Locale.ROOT, "encoder alone, crops in memory   %8.0f crops/s%n", alone);
      double loop = loop(store, records.subList(0, Math.min(4 * BATCH, tiles)), crops, model);
      System.out.printf(Locale.ROOT, "read a batch, then encode it     %8.0f crops/s%n", loop);
      int perTile = crops.of(side, side).size();
      for (int run = 0; run < 3; run++) {
        EmbeddingPipeline.Report report =
            EmbeddingPipeline.builder(
                    store,
                    model,
                    crops,
                    new GeoParquetSink(folder.resolve("out-" + run), model.info()))
                .readers(readers)
                .batchSize(BATCH)
                .build()
                .run(records);
        double rate = report.embedded() * perTile / (report.elapsed().toNanos() / 1e9);
        System.out.printf(
            Locale.ROOT,
            "pipeline, run %d                  %8.0f crops/s, encoder busy %.1f %%%n",
            run + 1,
            rate,
            100 * report.encoderBusy());
      }
    } finally {
      SyntheticData.remove(folder);
    }
  }

  private static int argument(String[] args, int i, int otherwise) {
    return args.length > i ? Integer.parseInt(args[i]) : otherwise;
  }

  private static List<TileRecord> publish(
      Path folder, RangeServer server, ParquetImageryStore store, int tiles, int side) {
    // A few landscapes are repeated: their contents do not matter here.
    List<Map<Band, Raster>> scenes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Landscape landscape = Landscape.generate(LandscapeKind.values()[i % 10], i, side);
      Map<Band, Raster> bands = new EnumMap<>(Band.class);
      for (Band band : List.of(Band.B02, Band.B03, Band.B04)) {
        GeoReference place = new GeoReference(32632, 500_000, 5_000_000, 10);
        bands.put(band, landscape.band(band).withReference(place));
      }
      scenes.add(bands);
    }
    List<TileRecord> records = new ArrayList<>();
    for (int from = 0; from < tiles; from += PER_SHARD) {
      String name = String.format(Locale.ROOT, "part_%05d.parquet", from / PER_SHARD);
      try (ShardWriter writer = new ShardWriter(folder.resolve(name))) {
        for (int i = from; i < Math.min(tiles, from + PER_SHARD); i++) {
          GridCell cell = MajorTomGrid.CORE.cellOf(new GeoPoint(45, -170 + 0.05 * i));
          writer.add(
              new ShardTile(
                  cell,
                  "product-" + i,
                  Instant.EPOCH,
                  new GeoPoint(45, 9),
                  scenes.get(i % scenes.size()),
                  null));
        }
        writer.finish();
      }
      records.addAll(store.list(server.url(name)));
    }
    return records;
  }

  private static List<Raster> cut(List<ImageryStore.Outcome> tiles, Crops crops) {
    List<Raster> cut = new ArrayList<>();
    for (ImageryStore.Outcome tile : tiles) {
      Raster picture = tile.orThrow().trueColor();
      for (Fragment square : crops.of(picture.height(), picture.width())) {
        cut.add(square.cut(picture));
      }
    }
    return cut;
  }

  private static List<TileRef> refs(List<TileRecord> records) {
    return records.stream().map(r -> Objects.requireNonNull(r.source())).toList();
  }

  private static double alone(
      ParquetImageryStore store, List<TileRecord> records, Crops crops, EmbeddingModel model) {
    List<Raster> batch =
        cut(store.fetchAll(refs(records.subList(0, BATCH)), TileParts.TRUE_COLOR), crops)
            .subList(0, BATCH);
    for (int i = 0; i < 10; i++) model.image().encode(batch);
    long start = System.nanoTime();
    int rounds = 0;
    while (System.nanoTime() - start < 4_000_000_000L) {
      model.image().encode(batch);
      rounds++;
    }
    return rounds * BATCH / ((System.nanoTime() - start) / 1e9);
  }

  private static double loop(
      ParquetImageryStore store, List<TileRecord> records, Crops crops, EmbeddingModel model) {
    long start = System.nanoTime();
    long encoded = 0;
    for (int from = 0; from < records.size(); from += BATCH) {
      List<TileRecord> some = records.subList(from, Math.min(records.size(), from + BATCH));
      encoded +=
          model.image().encode(cut(store.fetchAll(refs(some), TileParts.TRUE_COLOR), crops)).rows();
    }
    return encoded / ((System.nanoTime() - start) / 1e9);
  }
}
