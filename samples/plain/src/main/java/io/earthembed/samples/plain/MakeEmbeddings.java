package io.earthembed.samples.plain;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Writes an archive of generated landscapes, and embeds it; the three samples search the embeddings. */
public final class MakeEmbeddings {
  private static final int PER_KIND = 4;
  private static final int PIXELS = 64;

  private MakeEmbeddings() {}

  /** Takes the folder to write to: {@code archive} and {@code embeddings} are made in it. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Files.createDirectories(folder.resolve("archive"));
    Path shard = folder.resolve("archive/part_00001.parquet");
    try (ShardWriter writer = new ShardWriter(shard)) {
      for (LandscapeKind kind : LandscapeKind.values()) {
        for (int i = 0; i < PER_KIND; i++) writer.add(tile(kind, i));
      }
      writer.finish();
    }
    try (EmbeddingModel model = DemoModel.load();
        ParquetImageryStore store = ParquetImageryStore.open()) {
      GeoParquetSink sink = new GeoParquetSink(folder.resolve("embeddings"), model.info());
      EmbeddingPipeline.Report report =
          EmbeddingPipeline.of(store, model, Crops.center(PIXELS), sink)
              .run(store.list(shard.toUri()));
      System.out.println(report.embedded() + " tiles embedded");
    }
  }

  /** Returns a landscape on its own cell; its product is named by its kind. */
  private static ShardTile tile(LandscapeKind kind, int number) {
    // The demo model was trained on seeds below 500.
    Landscape landscape = Landscape.generate(kind, 1_000 + number, PIXELS);
    GeoPoint center = new GeoPoint(45 + number, 6.1 + 0.2 * kind.ordinal());
    GeoReference place =
        new GeoReference(32632, 500_000 + 10_000.0 * kind.ordinal(), 5e6 + 1e5 * number, 10);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : new Band[] {Band.B02, Band.B03, Band.B04}) {
      bands.put(band, landscape.band(band).withReference(place));
    }
    String product = kind.name().toLowerCase(Locale.ROOT) + "-" + number;
    return new ShardTile(MajorTomGrid.CORE.cellOf(center), product, null, center, bands, null);
  }
}
