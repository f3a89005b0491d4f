package io.earthembed.cli;

import io.earthembed.cli.Imagery.Tiles;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.view.TerminalProgress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Embeds tiles, or continues where an earlier run ended.
 *
 * @param tiles the tiles
 * @param folder receives the embeddings
 * @param crops the squares of a tile that are encoded
 * @param maxFailures number of tiles that may fail
 */
record Embeddings(Tiles tiles, Path folder, Crops crops, int maxFailures) {
  /** The beginning of the folders' names. */
  static final String PREFIX = "embeddings-";

  /**
   * Embeds the middle of each tile; one tile in twenty may fail.
   *
   * @param out receives a folder of embeddings
   * @param variant ends the folder's name
   */
  static Embeddings of(Tiles tiles, Path out, String variant) {
    return new Embeddings(
        tiles,
        out.resolve(PREFIX + tiles.name() + variant),
        Crops.center(tiles.crop()),
        tiles.records().size() / 20);
  }

  /** Embeds them and opens the result. */
  GeoParquetDataset make(PrintWriter console, ImageryStore store, EmbeddingModel model) {
    run(console, store, model);
    return GeoParquetDataset.open(folder, model.info());
  }

  /** Embeds them. */
  EmbeddingPipeline.Report run(PrintWriter console, ImageryStore store, EmbeddingModel model) {
    long start = System.nanoTime();
    EmbeddingPipeline.Report report;
    try (TerminalProgress progress = new TerminalProgress()) {
      report =
          EmbeddingPipeline.builder(store, model, crops, new GeoParquetSink(folder, model.info()))
              .maxFailures(maxFailures)
              .progress(progress)
              .build()
              .run(tiles.records());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    console.printf(
        Locale.ROOT,
        "        %,d embedded in %.1f s%s%s, in %s%n",
        report.embedded(),
        seconds,
        report.embedded() == 0
            ? ""
            : String.format(Locale.ROOT, " (%.0f a second)", report.embedded() / seconds),
        report.resumed() == 0
            ? ""
            : String.format(Locale.ROOT, ", %,d were there already", report.resumed()),
        folder);
    for (FailedTile failure : report.failures()) {
      console.println(
          "        left out: " + failure.tile().source() + ": " + failure.reason().getMessage());
    }
    return report;
  }
}
