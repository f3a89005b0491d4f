package io.earthembed.cli;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.cli.Imagery.Tiles;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Raster;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import io.earthembed.view.Gallery;
import io.earthembed.view.GeoJson;
import io.earthembed.view.HitTable;
import io.earthembed.view.SimilarityMap;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the main job step by step. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes an archive, embeds it, indexes it, searches it and shows the hits.")
final class QuickstartCommand implements Callable<Integer> {
  private static final int TOP = 5;

  /** Side of the square that the demo model encodes, in pixels of 10 m. */
  static final int DEMO_CROP = 64;

  @Mixin private final ImageryOptions imagery = new ImageryOptions();

  @Option(
      names = "--text",
      paramLabel = "WORDS",
      defaultValue = "a satellite image of a river",
      description = "text query (default: ${DEFAULT-VALUE})")
  private String text = "a satellite image of a river";

  @Option(
      names = "--location",
      paramLabel = "LAT,LON",
      converter = Converters.Place.class,
      defaultValue = "-3.1,-60.0",
      description = "search for tiles like this place (default: ${DEFAULT-VALUE})")
  private GeoPoint location = new GeoPoint(-3.1, -60.0);

  @Option(names = "--ivf", description = "an inverted-file index instead of the flat one")
  private boolean ivf;

  private final PrintWriter console;

  QuickstartCommand(PrintWriter console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Query words = Query.text(text);
    Query place = Query.location(location.latitude(), location.longitude());
    imagery.check();
    try (ParquetImageryStore store = ParquetImageryStore.open();
        EmbeddingModel model = DemoModel.load()) {
      Tiles tiles = imagery.tiles(console, store, true, DEMO_CROP, "[1/6] ");
      console.println("[2/6] Embed: with " + model.info() + ", a demo model");
      GeoParquetDataset dataset =
          Embeddings.of(tiles, imagery.out(), "").make(console, store, model);
      try (EmbeddingIndex index = index(dataset);
          EarthExplorer earth = EarthExplorer.open(dataset, model, index)) {
        console.printf(
            Locale.ROOT,
            "        %s with %,d embeddings%s%n",
            index,
            index.size(),
            FaissIndex.isAvailable() ? ", FAISS " + FaissIndex.variant() : "");
        search(earth, tiles, words, place);
      }
    }
    return 0;
  }

  // --- 3. an index
  // --------------------------------------------------------------------------------------------------

  private EmbeddingIndex index(GeoParquetDataset dataset) {
    int dimension = dataset.model().dimension();
    console.println("[3/6] Index: " + (ivf ? "inverted file" : "flat"));
    if (!ivf && !FaissIndex.isAvailable()) {
      console.println(
          "        FAISS is not built for this machine: ExactIndex, in Java, compares every vector,"
              + " and takes about three times as long on one core");
    }
    if (!ivf) return EmbeddingsOptions.flat(dimension);
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
    Path out = imagery.out();
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
        Words.count(result.searched(), "tile"),
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
          Words.cost(first),
          cold,
          size == 0
              ? ""
              : String.format(
                  Locale.ROOT,
                  "; the %s %s %.1f MB",
                  Words.count(shards, "shard"),
                  shards == 1 ? "has" : "have",
                  size / 1e6));
      console.printf(
          Locale.ROOT,
          "        footers known:   %s in %.0f ms%n",
          Words.cost(store.stats().since(first)),
          warm);
    }
    return pictures;
  }
}
