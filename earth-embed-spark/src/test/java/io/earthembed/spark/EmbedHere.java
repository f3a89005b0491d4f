package io.earthembed.spark;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.EncoderOptions;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The pipeline on one machine: list of shards, folder, crop, readers, tiles of a part, and threads
 * (default 1) as a task of Spark has processors.
 */
public final class EmbedHere {
  private EmbedHere() {}

  /** Runs the pipeline in a separate process. */
  public static void main(String[] args) throws IOException {
    int crop = Integer.parseInt(args[2]);
    int readers = Integer.parseInt(args[3]);
    int perPart = Integer.parseInt(args[4]);
    int threads = args.length > 5 ? Integer.parseInt(args[5]) : 1;
    try (ParquetImageryStore store = ParquetImageryStore.open();
        EmbeddingModel model = DemoModel.load(EncoderOptions.defaults().withThreads(threads))) {
      List<TileRecord> all = new ArrayList<>();
      for (String shard : Files.readAllLines(Path.of(args[0]))) {
        all.addAll(store.list(URI.create(shard)));
      }
      GeoParquetSink sink = new GeoParquetSink(Path.of(args[1]), model.info());
      EmbeddingPipeline.builder(store, model, Crops.center(crop), sink)
          .partSize(perPart)
          .readers(readers)
          .build()
          .run(all);
    }
  }
}
