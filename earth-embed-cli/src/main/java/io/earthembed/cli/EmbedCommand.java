package io.earthembed.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.cli.Imagery.Tiles;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Embeds pictures or satellite tiles into GeoParquet. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Embeds pictures or satellite tiles into a folder of GeoParquet files in --out. If a run"
            + " is ended, the next one continues from there.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  earth-embed embed --images photos --out work",
      "  earth-embed embed --archive shards/ --model siglip --out work",
      "  earth-embed embed --major-tom 1000 --out work --json"
    })
final class EmbedCommand implements Callable<Integer> {
  @Mixin private final ImageryOptions imagery = new ImageryOptions();
  @Mixin private final ModelOptions model = new ModelOptions();

  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      description =
          "side of the square in the middle of a tile that is encoded (default: 64 with the demo"
              + " model, 384 with another; pictures are encoded whole)")
  private @Nullable Integer crop;

  @Option(names = "--fragments", description = "squares that cover the tile, not just its middle")
  private boolean fragments;

  @Option(
      names = "--max-failures",
      paramLabel = "N",
      description = "tiles that may fail (default: one in twenty)")
  private @Nullable Integer maxFailures;

  @Option(names = "--json", description = "print one line of JSON at the end, and nothing else")
  private boolean json;

  private final PrintWriter out;
  private final PrintWriter err;

  EmbedCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    if (!imagery.isGiven()) {
      throw new IllegalArgumentException(
          "nothing to embed: name --images, --archive, --major-tom or --landscapes");
    }
    if (crop != null && crop < 1)
      throw new IllegalArgumentException("--crop is not positive: " + crop);
    if (maxFailures != null && maxFailures < 0) {
      throw new IllegalArgumentException("--max-failures is negative: " + maxFailures);
    }
    imagery.check();
    PrintWriter console = json ? err : out;
    try (ParquetImageryStore store = ParquetImageryStore.open();
        EmbeddingModel encoders = model.load()) {
      Tiles tiles = imagery.tiles(console, store, false, model.crop(), "");
      console.println("Embed: with " + encoders.info());
      Embeddings embeddings = embeddings(tiles, encoders);
      EmbeddingPipeline.Report report = embeddings.run(console, store, encoders);
      if (json) out.println(HitJson.line(describe(embeddings, encoders, report)));
      return report.failures().isEmpty() ? 0 : Main.INCOMPLETE;
    }
  }

  private Embeddings embeddings(Tiles tiles, EmbeddingModel encoders) {
    String variant = model.variant(encoders.info());
    if (crop != null || fragments) {
      // Squares of another size are another dataset.
      variant += (fragments ? "-fragments" : "-crop") + (crop == null ? tiles.crop() : crop);
    }
    Embeddings usual = Embeddings.of(tiles, imagery.out(), variant);
    int side = crop == null ? tiles.crop() : crop;
    return new Embeddings(
        tiles,
        usual.folder(),
        fragments ? Crops.fragments(side) : Crops.center(side),
        maxFailures == null ? usual.maxFailures() : maxFailures);
  }

  private static JsonObject describe(
      Embeddings embeddings, EmbeddingModel encoders, EmbeddingPipeline.Report report) {
    JsonObject described = new JsonObject();
    described.addProperty("embeddings", embeddings.folder().toString());
    described.addProperty("model", encoders.info().nameAndVersion());
    described.addProperty("tiles", embeddings.tiles().records().size());
    described.addProperty("embedded", report.embedded());
    described.addProperty("resumed", report.resumed());
    JsonArray failed = new JsonArray();
    for (FailedTile failure : report.failures()) {
      JsonObject one = new JsonObject();
      one.addProperty("id", failure.tile().id());
      one.addProperty("reason", String.valueOf(failure.reason().getMessage()));
      failed.add(one);
    }
    described.add("failed", failed);
    described.addProperty("seconds", report.elapsed().toMillis() / 1e3);
    return described;
  }
}
