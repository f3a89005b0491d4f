package io.earthembed.guides.quickstart;

import io.earthembed.EarthExplorer;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.guides.quickstart.Imagery.Tiles;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.PublishedRegion;
import io.earthembed.parquet.PublishedSet;
import io.earthembed.parquet.RegionPlan;
import io.earthembed.vector.Metric;
import io.earthembed.view.BaseTiles;
import io.earthembed.web.AgentConnection;
import io.earthembed.web.ExplorerServer;
import io.earthembed.web.ServedExplorer;
import io.earthembed.web.ServerOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves the explorer. {@code ./run explore} and {@code ./run mcp} start it. */
@Command(
    name = "./run explore",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Embeds imagery unless that is done, and serves the page, the API and the tools for"
            + " agents. The default is generated landscapes, which need no network. With"
            + " --published, serves a region of a published set of embeddings instead.")
public final class Explore implements Callable<Integer> {
  /** Side of the square that the demo model encodes, in pixels. */
  private static final int CROP = 64;

  private static final List<String> EXAMPLES =
      List.of(
          "a satellite image of a river",
          "a satellite image of fields",
          "a satellite image of a forest",
          "a satellite image of a town",
          "a satellite image of a desert",
          "a satellite image of snow");

  @Mixin private final ImageryOptions imagery = new ImageryOptions();

  @Option(
      names = "--embeddings",
      paramLabel = "DIR",
      description = "folder of embeddings of the demo model, as the quickstart makes them")
  private @Nullable Path embeddings;

  @Mixin private final PublishedOptions published = new PublishedOptions();

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "port; 0 for a free one (default: ${DEFAULT-VALUE})")
  private int port = 8080;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description =
          "address to listen on (default: ${DEFAULT-VALUE}); any but loopback needs a token in the"
              + " environment variable EARTH_EMBED_TOKEN")
  private String host = "127.0.0.1";

  @Option(
      names = "--base-map",
      paramLabel = "URL",
      description = "address of a base map's tiles, with {z}, {x} and {y}; see --attribution")
  private @Nullable String baseMap;

  @Option(
      names = "--attribution",
      paramLabel = "WORDS",
      defaultValue = "",
      description = "attribution of the base map")
  private String attribution = "";

  @Option(names = "--no-browser", description = "do not open the page in a browser")
  private boolean noBrowser;

  @Option(
      names = "--stdio",
      description = "no server: tools for one agent over standard input and output (./run mcp)")
  private boolean stdio;

  private final PrintStream console;

  /** Creates a command that prints to a stream. */
  Explore(PrintStream console) {
    this.console = console;
  }

  /** Runs it until it is ended; exits with 0, or with 1 after a message. */
  public static void main(String[] args) {
    // With --stdio, standard output is the agent's.
    FileDescriptor stream =
        List.of(args).contains("--stdio") ? FileDescriptor.err : FileDescriptor.out;
    PrintStream console =
        new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    System.exit(Messages.run("explore", new Explore(console), args));
  }

  @Override
  public Integer call() {
    if (embeddings != null && !Files.isDirectory(embeddings)) {
      throw new IllegalArgumentException("--embeddings is no folder: " + embeddings);
    }
    PublishedRegion region = published.region();
    if (region != null && embeddings != null) {
      throw new IllegalArgumentException("--published and --embeddings exclude each other");
    }
    ServerOptions options = options();
    if (region != null) {
      serve(region, options);
      return 0;
    }
    imagery.check();
    try (ParquetImageryStore store = ParquetImageryStore.open();
        EmbeddingModel model = DemoModel.load()) {
      int crop = CROP;
      String note = "";
      String title = "Embeddings";
      GeoParquetDataset dataset;
      if (embeddings == null) {
        Tiles tiles = imagery.tiles(console, store, false);
        console.println("Embed: with " + model.info() + ", a demo model");
        dataset = Embeddings.make(console, imagery.out(), tiles, store, model);
        crop = tiles.crop();
        note = tiles.note();
        title = tiles.archive() == null ? "MajorTOM Core-S2L2A" : "Quickstart";
      } else {
        dataset = GeoParquetDataset.open(embeddings, model.info());
      }
      try (FaissIndex index = index(dataset);
          EarthExplorer earth = EarthExplorer.open(dataset, model, index, store)) {
        offer(
            ServedExplorer.of("quickstart", earth)
                .withTitle(title)
                .withAttribution(note)
                .withCropPixels(crop)
                .withExamples(EXAMPLES),
            options);
      }
    }
    return 0;
  }

  /** Serves a region of a published set, whose model has no encoder here. */
  private void serve(PublishedRegion region, ServerOptions options) {
    PublishedSet set = region.set();
    console.println("Set: " + set.title());
    console.println("     " + set.attribution());
    RegionPlan plan = region.plan();
    console.println("Plan: " + plan);
    GeoParquetDataset dataset = plan.open();
    console.println("Read: " + Quickstart.count(dataset.catalog().size(), "tile"));
    try (ParquetImageryStore store = ParquetImageryStore.open();
        EmbeddingModel model = EmbeddingModel.withoutEncoders(set.model());
        FaissIndex index = index(dataset);
        EarthExplorer earth = EarthExplorer.open(dataset, model, index, store)) {
      console.println(
          "Search: by place, tile and vector; texts and pictures need the encoders of "
              + set.model()
              + ", which are not here");
      offer(
          ServedExplorer.of(set.name(), earth)
              .withTitle(set.title())
              .withAttribution(set.attribution().text())
              .withLicence(set.attribution().license()),
          options);
    }
  }

  private static FaissIndex index(GeoParquetDataset dataset) {
    return FaissIndex.flat(dataset.model().dimension(), Metric.INNER_PRODUCT);
  }

  private void offer(ServedExplorer served, ServerOptions options) {
    try {
      if (stdio) speak(served, options);
      else serve(served, options);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ServerOptions options() {
    ServerOptions.Builder options = ServerOptions.builder().host(host);
    String token = System.getenv("EARTH_EMBED_TOKEN");
    if (token != null) options.token(token);
    if (baseMap != null) options.baseMap(new BaseTiles(baseMap, attribution));
    return options.build();
  }

  private void speak(ServedExplorer served, ServerOptions options) throws InterruptedException {
    PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try (AgentConnection agent =
        AgentConnection.open(List.of(served), options, System.in, answers)) {
      agent.join();
    }
  }

  private void serve(ServedExplorer served, ServerOptions options) throws InterruptedException {
    try (ExplorerServer server =
        ExplorerServer.builder().options(options).add(served).start(port)) {
      // A signal ends the process only after the requests that run.
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
      console.println("The explorer is at " + server.address() + "  (end it with Ctrl-C)");
      if (!noBrowser) openBrowser(server.address().toString());
      server.join();
    }
  }

  private static void openBrowser(String address) {
    boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
    boolean screen = System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    if (!mac && !screen) return;
    try {
      new ProcessBuilder(mac ? "open" : "xdg-open", address)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      // There is no browser to open; the address is printed.
    }
  }
}
