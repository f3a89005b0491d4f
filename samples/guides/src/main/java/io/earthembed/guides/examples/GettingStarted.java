package io.earthembed.guides.examples;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Utm;
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
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** The code of docs/guides/getting-started.md, up to the code of README. */
public final class GettingStarted {
  private GettingStarted() {}

  /** Writes an archive of one shard, of generated landscapes along a parallel. */
  public static void writeShard(Path shard, int tiles) {
    // [archive
    try (ShardWriter writer = new ShardWriter(shard)) {
      for (int i = 0; i < tiles; i++) {
        Landscape scene = Landscape.generate(LandscapeKind.values()[i % 10], i, 448);
        GeoPoint center = new GeoPoint(45, -180 + 360.0 * i / tiles);
        Utm zone = Utm.of(center);
        Utm.Point at = zone.project(center);
        // The upper left corner: half of 448 pixels of 10 m from the middle.
        GeoReference place =
            new GeoReference(zone.epsg(), at.easting() - 2240, at.northing() + 2240, 10);
        Map<Band, Raster> bands = new EnumMap<>(Band.class);
        for (Band band : new Band[] {Band.B02, Band.B03, Band.B04}) {
          bands.put(band, scene.band(band).withReference(place));
        }
        writer.add(
            new ShardTile(
                MajorTomGrid.CORE.cellOf(center),
                "scene " + i,
                null, // when it was sensed is not known
                center,
                bands,
                null));
      }
      writer.finish();
    }
    // archive]
  }

  /** Embeds the archive's tiles. */
  public static void embed(Path shard, Path embeddings) {
    // [embed
    try (EmbeddingModel model = DemoModel.load();
        ParquetImageryStore store = ParquetImageryStore.open()) {
      GeoParquetSink sink = new GeoParquetSink(embeddings, model.info());
      EmbeddingPipeline.of(store, model, Crops.center(64), sink).run(store.list(shard.toUri()));
    }
    // embed]
  }
}
