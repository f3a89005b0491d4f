package io.earthembed.guides.examples;

import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.pipeline.EmbeddingTarget;
import java.net.URI;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** The code of docs/guides/making-embeddings.md. */
public final class MakeEmbeddings {
  private MakeEmbeddings() {}

  /** Embeds the centre of each tile of some shards. */
  public static GeoParquetDataset ofShards(List<URI> shards, EmbeddingModel model, Path folder) {
    // [shards
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      Iterator<TileRecord> tiles =
          shards.stream().flatMap(shard -> store.list(shard).stream()).iterator();
      EmbeddingPipeline.Report report =
          EmbeddingPipeline.builder(
                  store, model, Crops.center(384), new GeoParquetSink(folder, model.info()))
              .maxFailures(100)
              .detailedProgress(progress -> System.out.println(progress))
              .build()
              .run(tiles, -1);
      for (FailedTile failed : report.failures()) {
        System.out.println(failed.tile().source() + ": " + failed.reason().getMessage());
      }
    }
    return GeoParquetDataset.open(folder);
    // shards]
  }

  /** Makes two sets of embeddings in one pass over the pixels. */
  public static EmbeddingPipeline.Report inOnePass(
      ImageryStore store,
      List<TileRecord> tiles,
      EmbeddingModel siglip,
      EmbeddingModel farslip,
      Path out) {
    // [models
    return EmbeddingPipeline.of(
            store,
            List.of(
                EmbeddingTarget.of(
                    siglip,
                    Crops.center(384),
                    new GeoParquetSink(out.resolve("siglip"), siglip.info())),
                EmbeddingTarget.of(
                    farslip,
                    Crops.fragments(224),
                    new GeoParquetSink(out.resolve("farslip"), farslip.info()))))
        .run(tiles);
    // models]
  }

  /** Merges the small files that many runs have left. */
  public static int mergeSmallFiles(Path folder, EmbeddingModel model) {
    // [compact
    GeoParquetSink sink = new GeoParquetSink(folder, model.info());
    int fewer = sink.compact(512L << 20); // files of at most 512 MiB
    // compact]
    return fewer;
  }
}
