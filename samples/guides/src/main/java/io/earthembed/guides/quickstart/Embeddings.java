package io.earthembed.guides.quickstart;

import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.guides.quickstart.Imagery.Tiles;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.view.TerminalProgress;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;

/** Embeds tiles, or continues where an earlier run ended. */
final class Embeddings {
  private Embeddings() {}

  /**
   * Embeds tiles.
   *
   * @param out receives a folder of embeddings
   */
  static GeoParquetDataset make(
      PrintStream console, Path out, Tiles tiles, ParquetImageryStore store, EmbeddingModel model) {
    Path archive = tiles.archive();
    String name =
        archive == null ? "major-tom-" + tiles.records().size() : archive.getFileName().toString();
    Path folder = out.resolve("embeddings-" + name.replace("archive-", ""));
    GeoParquetSink sink = new GeoParquetSink(folder, model.info());
    long start = System.nanoTime();
    EmbeddingPipeline.Report report;
    try (TerminalProgress progress = new TerminalProgress()) {
      report =
          EmbeddingPipeline.builder(store, model, Crops.center(tiles.crop()), sink)
              .maxFailures(tiles.records().size() / 20)
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
    return GeoParquetDataset.open(folder, model.info());
  }
}
