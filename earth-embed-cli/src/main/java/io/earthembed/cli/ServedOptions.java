package io.earthembed.cli;

import io.earthembed.EarthExplorer;
import io.earthembed.cli.Imagery.Tiles;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.PublishedRegion;
import io.earthembed.parquet.PublishedSet;
import io.earthembed.parquet.RegionPlan;
import io.earthembed.view.BaseTiles;
import io.earthembed.web.ServedExplorer;
import io.earthembed.web.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** The options that choose what people and agents explore. */
final class ServedOptions {
  private static final List<String> EXAMPLES =
      List.of(
          "a satellite image of a river",
          "a satellite image of fields",
          "a satellite image of a forest",
          "a satellite image of a town",
          "a satellite image of a desert",
          "a satellite image of snow");

  @Mixin private final ImageryOptions imagery = new ImageryOptions();
  @Mixin private final EmbeddingsOptions embeddings = new EmbeddingsOptions();
  @Mixin private final PublishedOptions published = new PublishedOptions();
  @Mixin private final RegionOptions region = new RegionOptions();

  /** Serves an explorer until it is ended. */
  interface Use {
    void of(ServedExplorer served) throws InterruptedException;
  }

  /**
   * Opens what is chosen: imagery, which is embedded unless that is done, embeddings, or a region
   * of a published set.
   *
   * @param console receives what is done
   */
  void open(PrintWriter console, Use use) throws IOException, InterruptedException {
    if (published.isGiven()) {
      PublishedRegion chosen = published.region(region);
      if (embeddings.isGiven()) {
        throw new IllegalArgumentException("--published and --embeddings exclude each other");
      }
      openPublished(console, chosen, use);
      return;
    }
    if (region.box() != null || region.hasPeriod()) {
      throw new IllegalArgumentException("--in, --from, --to and --at need --published NAME");
    }
    if (embeddings.isGiven()) {
      try (EarthExplorer earth = embeddings.open(console)) {
        serve(earth, embeddings.model().crop(), "", "Embeddings", use);
      }
      return;
    }
    imagery.check();
    try (ParquetImageryStore store = ParquetImageryStore.open();
        EmbeddingModel model = embeddings.model().load()) {
      ModelOptions chosen = embeddings.model();
      Tiles tiles = imagery.tiles(console, store, false, chosen.crop(), "");
      boolean demo = chosen.isDemo();
      console.println("Embed: with " + model.info() + (demo ? ", a demo model" : ""));
      GeoParquetDataset dataset =
          Embeddings.of(tiles, imagery.out(), chosen.variant(model.info()))
              .make(console, store, model);
      String title = tiles.archive() == null ? "MajorTOM Core-S2L2A" : "Quickstart";
      try (EmbeddingIndex index = embeddings.index(dataset);
          EarthExplorer earth = EarthExplorer.open(dataset, model, index, store)) {
        serve(earth, tiles.crop(), tiles.note(), title, use);
      }
    }
  }

  private static void serve(EarthExplorer earth, int crop, String note, String title, Use use)
      throws InterruptedException {
    use.of(
        ServedExplorer.of("quickstart", earth)
            .withTitle(title)
            .withAttribution(note)
            .withCropPixels(crop)
            .withExamples(earth.model().text().isPresent() ? EXAMPLES : List.of()));
  }

  private void openPublished(PrintWriter console, PublishedRegion chosen, Use use)
      throws InterruptedException {
    PublishedSet set = chosen.set();
    console.println("Set: " + set.title());
    console.println("     " + set.attribution());
    RegionPlan plan = chosen.plan();
    console.println("Plan: " + plan);
    GeoParquetDataset dataset = plan.open();
    console.println("Read: " + Words.count(dataset.catalog().size(), "tile"));
    try (EarthExplorer earth = embeddings.open(dataset, console)) {
      use.of(
          ServedExplorer.of(set.name(), earth)
              .withTitle(set.title())
              .withAttribution(set.attribution().text())
              .withLicence(set.attribution().license()));
    }
  }

  /**
   * Returns the options of a server.
   *
   * @param baseMap tiles below the map, or null
   */
  static ServerOptions server(String host, @Nullable BaseTiles baseMap) {
    ServerOptions.Builder options = ServerOptions.builder().host(host);
    String token = System.getenv("EARTH_EMBED_TOKEN");
    if (token != null) options.token(token);
    if (baseMap != null) options.baseMap(baseMap);
    return options.build();
  }
}
