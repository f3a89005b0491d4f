package io.earthembed.guides.quickstart;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.FailedTile;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.guides.quickstart.Imagery.Tiles;
import io.earthembed.image.Raster;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import io.earthembed.view.Gallery;
import io.earthembed.view.GeoJson;
import io.earthembed.view.HitTable;
import io.earthembed.view.SimilarityMap;
import io.earthembed.view.TerminalProgress;
import io.earthembed.web.ExplorerServer;
import io.earthembed.web.ServedExplorer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the main job step by step. {@code ./run quickstart} starts it. */
@Command(
    name = "./run quickstart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes an archive, embeds it, indexes it, searches it and shows the hits.")
public final class Quickstart implements Callable<Integer> {
  private static final int TOP = 5;

  private static final List<String> EXAMPLES =
      List.of(
          "a satellite image of a river",
          "a satellite image of fields",
          "a satellite image of a forest",
          "a satellite image of a town",
          "a satellite image of a desert",
          "a satellite image of snow");

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description =
          "folder of PNG, JPEG, GIF and BMP pictures to search; subfolders may name classes")
  private @Nullable Path images;

  @Option(
      names = "--major-tom",
      paramLabel = "N",
      description =
          "N real tiles of MajorTOM Core-S2L2A, read by range from where they are published")
  private int majorTom;

  @Option(
      names = "--landscapes",
      paramLabel = "N",
      description = "N generated landscapes, without using the network")
  private int landscapes;

  @Option(names = "--limit", paramLabel = "N", description = "at most N pictures, chosen evenly")
  private int limit;

  @Option(
      names = "--text",
      paramLabel = "WORDS",
      defaultValue = "a satellite image of a river",
      description = "text query (default: ${DEFAULT-VALUE})")
  private String text = "a satellite image of a river";

  @Option(
      names = "--location",
      paramLabel = "LAT,LON",
      split = ",",
      defaultValue = "-3.1,-60.0",
      description = "search for tiles like this place (default: ${DEFAULT-VALUE})")
  private double[] location = {-3.1, -60.0};

  @Option(names = "--ivf", description = "an inverted-file index instead of the flat one")
  private boolean ivf;

  @Option(
      names = "--explore",
      description = "serve the explorer's page over the tiles, in place of searching them once")
  private boolean explore;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "port of the explorer's page; 0 for a free one (default: ${DEFAULT-VALUE})")
  private int port = 8080;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "quickstart-out",
      description = "folder of the results (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("quickstart-out");

  @Option(names = "--major-tom-url", hidden = true)
  private URI majorTomUrl = MajorTom.PUBLISHED;

  @Option(names = "--major-tom-shards", hidden = true)
  private int majorTomShards = MajorTom.SHARDS;

  private final PrintStream console;

  /** Creates a quickstart that prints to a stream. */
  Quickstart(PrintStream console) {
    this.console = console;
  }

  /** Runs it, and exits with 0, or with 1 after a message. */
  public static void main(String[] args) {
    // The tables need degree signs in every locale.
    PrintStream console =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.exit(run(console, args));
  }

  /** Runs it; returns 0 on success. */
  static int run(PrintStream console, String... args) {
    return new CommandLine(new Quickstart(console))
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              boolean told =
                  e instanceof EarthEmbedException || e instanceof IllegalArgumentException;
              boolean file = e instanceof IOException || e instanceof UncheckedIOException;
              if (!told && !file) throw e;
              // The file system's message about a file is often its name alone.
              line.getErr().println("quickstart: " + (told ? e.getMessage() : reason(e)));
              return 1;
            })
        .execute(args);
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return (e == cause ? "" : e.getMessage() + ": ") + cause;
  }

  @Override
  public Integer call() throws IOException {
    // Checked before the work, which would otherwise be lost.
    if (images != null && !Files.isDirectory(images)) {
      throw new IllegalArgumentException("--images is no folder: " + images);
    }
    requireCount("--major-tom", majorTom);
    requireCount("--landscapes", landscapes);
    requireCount("--limit", limit);
    if (location.length != 2) {
      throw new IllegalArgumentException("--location is not LAT,LON: " + Arrays.toString(location));
    }
    Query words = Query.text(text);
    Query place = Query.location(location[0], location[1]);
    Scene.Folder folder = images == null ? null : Scene.inFolder(images, limit);
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new UncheckedIOException("--out: the folder " + out + " cannot be made", e);
    }
    try (ParquetImageryStore store = ParquetImageryStore.open();
        EmbeddingModel model = DemoModel.load()) {
      Tiles tiles = tiles(store, folder);
      GeoParquetDataset dataset = embed(tiles, store, model);
      try (FaissIndex index = index(dataset);
          EarthExplorer earth = EarthExplorer.open(dataset, model, index, store)) {
        console.printf(
            Locale.ROOT,
            "        %s with %,d embeddings, FAISS %s%n",
            index,
            index.size(),
            FaissIndex.variant());
        if (explore) explore(earth, tiles);
        else search(earth, tiles, words, place);
      }
    }
    return 0;
  }

  private static void requireCount(String name, int count) {
    if (count < 0) throw new IllegalArgumentException(name + " is negative: " + count);
  }

  // --- 1. an archive
  // ------------------------------------------------------------------------------------------------

  private Tiles tiles(ParquetImageryStore store, Scene.@Nullable Folder folder) {
    Imagery imagery = new Imagery(console, store, out, majorTomUrl, majorTomShards);
    if (folder != null) return imagery.ofFolder(folder);
    if (landscapes > 0) return imagery.generated(landscapes, "as asked");
    return majorTom > 0 ? imagery.published(majorTom) : imagery.publishedIfReachable();
  }

  // --- 2. embeddings
  // ------------------------------------------------------------------------------------------------

  private GeoParquetDataset embed(Tiles tiles, ParquetImageryStore store, EmbeddingModel model) {
    console.println("[2/6] Embed: with " + model.info() + ", a demo model");
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

  // --- 3. an index
  // --------------------------------------------------------------------------------------------------

  private FaissIndex index(GeoParquetDataset dataset) {
    int dimension = dataset.model().dimension();
    console.println("[3/6] Index: " + (ivf ? "inverted file" : "flat"));
    if (!ivf) return FaissIndex.flat(dimension, Metric.INNER_PRODUCT);
    int n = Math.toIntExact(dataset.catalog().size());
    Vectors sample = Vectors.allocate(n, dimension);
    long[] next = {0};
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++) sample.set(next[0]++, batch.row(i));
        });
    int nlist = (int) Math.max(1, Math.min(n / 39, Math.round(4 * Math.sqrt(n))));
    return FaissIndex.trained(
        sample, Metric.INNER_PRODUCT, FaissSpec.ivf(nlist).withNprobe(Math.max(1, nlist / 8)));
  }

  // --- 4. the explorer's page
  // ---------------------------------------------------------------------------------------

  private void explore(EarthExplorer earth, Tiles tiles) {
    ServedExplorer served =
        ServedExplorer.of("quickstart", earth)
            .withTitle(tiles.archive() == null ? "MajorTOM Core-S2L2A" : "Quickstart")
            .withAttribution(tiles.note())
            .withCropPixels(tiles.crop())
            .withExamples(EXAMPLES);
    try (ExplorerServer server = ExplorerServer.builder().add(served).start(port)) {
      console.println("Explore: " + server.address() + " (Ctrl-C ends it)");
      openBrowser(server.address());
      server.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Opens the page in the browser of a desktop; does nothing if there is none. */
  private static void openBrowser(URI address) {
    if (System.getenv("DISPLAY") == null && System.getenv("WAYLAND_DISPLAY") == null) return;
    try {
      new ProcessBuilder("xdg-open", address.toString())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      // The address was printed.
    }
  }

  // --- 4. to 6. search, fetch, show
  // ---------------------------------------------------------------------------------

  private void search(EarthExplorer earth, Tiles tiles, Query words, Query place)
      throws IOException {
    console.println("[4/6] Search");
    SearchOptions options = SearchOptions.builder().k(TOP).scoreField().build();
    SearchResult found = tell(earth.search(words, options));
    Query.Image held = tiles.held();
    tell(earth.search(held != null ? held : Query.vector(found.embedding()), options));
    tell(earth.search(place, options));
    console.println("        (the location encoder knows climate zones only, not these tiles)");

    console.println(
        "[5/6] Fetch: the top " + found.hits().size() + " for " + found.query().describe());
    List<@Nullable Raster> pictures = fetch(found, tiles);

    console.println("[6/6] Show");
    SimilarityMap map = SimilarityMap.of(found).withNote(tiles.note()).withPictures(pictures);
    map.writePng(out.resolve("map.png"));
    map.writeHtml(out.resolve("map.html"));
    Gallery.of(found, pictures).withNote(tiles.note()).writePng(out.resolve("gallery.png"));
    GeoJson.of(found).withNote(tiles.note()).write(out.resolve("results.geojson"));
    for (String file : List.of("map.html", "map.png", "gallery.png", "results.geojson")) {
      console.println("        " + out.resolve(file));
    }
  }

  private SearchResult tell(SearchResult result) {
    console.println("        " + result.query().describe());
    console.print(HitTable.of(result).stripTrailing().indent(2));
    console.printf(
        Locale.ROOT,
        "        encoded in %.1f ms, %s searched in %.1f ms%n%n",
        result.timings().encode().toNanos() / 1e6,
        count(result.searched(), "tile"),
        result.timings().search().toNanos() / 1e6);
    return result;
  }

  private List<@Nullable Raster> fetch(SearchResult found, Tiles tiles) {
    Path archive = tiles.archive();
    List<TileRef> refs = new ArrayList<>();
    found
        .hits()
        .forEach(
            hit -> {
              TileRef source = hit.tile().source();
              if (source != null) refs.add(source);
            });
    if (archive == null) return fetch(refs, tiles.crop(), 0);
    try (RangeServer server = RangeServer.start(archive)) {
      console.println("        over HTTP from a server on loopback that holds the shards");
      long size =
          refs.stream()
              .map(TileRef::shard)
              .distinct()
              .mapToLong(s -> Path.of(s).toFile().length())
              .sum();
      return fetch(
          refs.stream()
              .map(
                  r ->
                      new TileRef(
                          server.url(Path.of(r.shard()).getFileName().toString()), r.rowGroup()))
              .toList(),
          tiles.crop(),
          size);
    }
  }

  private List<@Nullable Raster> fetch(List<TileRef> refs, int crop, long size) {
    List<@Nullable Raster> pictures = new ArrayList<>();
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      long start = System.nanoTime();
      for (ImageryStore.Outcome outcome : store.fetchAll(refs, TileParts.TRUE_COLOR)) {
        if (outcome.failure() != null) {
          console.println("        not fetched: " + outcome.failure().getMessage());
          pictures.add(null);
          continue;
        }
        Raster picture = outcome.orThrow().trueColor();
        pictures.add(
            picture.centerCrop(Math.min(crop, Math.min(picture.height(), picture.width()))));
      }
      double cold = (System.nanoTime() - start) / 1e6;
      FetchStats first = store.stats();
      long again = System.nanoTime();
      store.fetchAll(refs, TileParts.TRUE_COLOR);
      double warm = (System.nanoTime() - again) / 1e6;
      long shards = refs.stream().map(TileRef::shard).distinct().count();
      console.printf(
          Locale.ROOT,
          "        footers unknown: %s in %.0f ms%s%n",
          cost(first),
          cold,
          size == 0
              ? ""
              : String.format(
                  Locale.ROOT,
                  "; the %s %s %.1f MB",
                  count(shards, "shard"),
                  shards == 1 ? "has" : "have",
                  size / 1e6));
      console.printf(
          Locale.ROOT,
          "        footers known:   %s in %.0f ms%n",
          cost(store.stats().since(first)),
          warm);
    }
    return pictures;
  }

  /** Formats a number of things; {@code thing} is the singular. */
  static String count(long n, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", n, thing, n == 1 ? "" : "s");
  }

  static String cost(FetchStats stats) {
    return String.format(
        Locale.ROOT,
        "%s, %,d kB read, %,d kB of them wanted",
        count(stats.requests(), "request"),
        stats.bytesRead() / 1000,
        stats.bytesWanted() / 1000);
  }
}
