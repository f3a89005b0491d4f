package io.earthembed.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileFilter;
import io.earthembed.parquet.PublishedRegion;
import io.earthembed.region.Regions;
import io.earthembed.view.HitTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Searches embeddings and prints the best tiles. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Finds the tiles that fit texts, pictures, places and tiles best.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  earth-embed search --embeddings work a satellite image of a river",
      "  earth-embed search --embeddings work --text 'a river' --text 'a city' --weight -0.5",
      "  earth-embed search --embeddings work --image photo.png --in 5,45,11,48 --map map.html",
      "  earth-embed search --embeddings work --where 'crop=wheat|rye' --where 'yield>=6' a field",
      "  earth-embed search --published earth-index --in 2,41,3,42 --place 41.4,2.2 --json"
    })
final class SearchCommand implements Callable<Integer> {
  @Mixin private final QueryOptions query = new QueryOptions();
  @Mixin private final EmbeddingsOptions embeddings = new EmbeddingsOptions();
  @Mixin private final PublishedOptions published = new PublishedOptions();
  @Mixin private final RegionOptions region = new RegionOptions();
  @Mixin private final AttributeOptions attributes = new AttributeOptions();

  @Option(
      names = "--region",
      paramLabel = "FILE",
      description = "only tiles in the polygons of this GeoJSON file")
  private @Nullable Path polygons;

  @Option(
      names = "--clouds",
      paramLabel = "PERCENT",
      description = "most cloud cover; tiles of unknown cloud cover are left out")
  private @Nullable Double clouds;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "10",
      description = "number of tiles (default: ${DEFAULT-VALUE})")
  private int top = 10;

  @Option(
      names = "--offset",
      paramLabel = "N",
      defaultValue = "0",
      description = "how many of the best to leave out (default: ${DEFAULT-VALUE})")
  private int offset;

  @Option(names = "--min-score", paramLabel = "S", description = "only tiles of this score or more")
  private @Nullable Float minScore;

  @Option(
      names = "--apart",
      paramLabel = "METERS",
      defaultValue = "0",
      description = "least distance between two tiles (default: ${DEFAULT-VALUE})")
  private double apart;

  @Option(names = "--json", description = "print one line of JSON instead of a table")
  private boolean json;

  @Option(
      names = "--map",
      paramLabel = "FILE",
      description = "write a map of the score of every tile: .html, .png or .svg")
  private @Nullable Path map;

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description =
          "write the tiles found: .geojson, .csv, .kml, .parquet, .stac.json, or .zip with their"
              + " pixels")
  private @Nullable Path export;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description = "write a PNG in true colour of each tile found into this folder")
  private @Nullable Path pictures;

  private final PrintWriter out;
  private final PrintWriter err;

  SearchCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    if (map != null) HitFiles.requireMap(map);
    if (export != null) HitFiles.requireExport(export);
    Query wanted = query.query();
    SearchOptions options = options();
    try (EarthExplorer earth = open()) {
      TileFilter filter = options.filter().and(attributes.filter(earth.catalog()));
      SearchResult found = earth.search(wanted, options.toBuilder().filter(filter).build());
      return print(earth, found);
    }
  }

  private EarthExplorer open() throws IOException {
    if (published.isGiven()) {
      PublishedRegion chosen = published.region(region);
      if (embeddings.isGiven()) {
        throw new IllegalArgumentException("--published and --embeddings exclude each other");
      }
      return embeddings.open(chosen.plan().open(), err);
    }
    if (!embeddings.isGiven()) {
      throw new IllegalArgumentException(
          "nothing to search in: name --embeddings DIR, which the command embed makes, or"
              + " --published NAME");
    }
    return embeddings.open(err);
  }

  private SearchOptions options() throws IOException {
    SearchOptions.Builder options =
        SearchOptions.builder()
            .k(require("--top", top, 1))
            .offset(require("--offset", offset, 0))
            .filter(filter());
    if (!(apart >= 0)) throw new IllegalArgumentException("--apart is negative: " + apart);
    options.minDistance(apart);
    if (minScore != null) options.minScore(minScore);
    if (map != null) options.scoreField();
    return options.build();
  }

  private static int require(String option, int value, int least) {
    if (value >= least) return value;
    throw new IllegalArgumentException(option + " is less than " + least + ": " + value);
  }

  private TileFilter filter() throws IOException {
    TileFilter filter = region.filter();
    if (clouds != null) {
      if (!(clouds >= 0 && clouds <= 100)) {
        throw new IllegalArgumentException("--clouds is outside [0, 100]: " + clouds);
      }
      filter = filter.and(TileFilter.cloudCoverAtMost(clouds));
    }
    if (polygons == null) return filter;
    if (!Files.isRegularFile(polygons)) {
      throw new IllegalArgumentException("--region is no file: " + polygons);
    }
    try {
      return filter.and(TileFilter.within(Regions.ofGeoJson(Files.readString(polygons))));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--region " + polygons + ": " + e.getMessage(), e);
    }
  }

  private int print(EarthExplorer earth, SearchResult found) throws IOException {
    List<HitFiles.Picture> images =
        pictures == null ? List.of() : HitFiles.pictures(earth, found, pictures);
    if (map != null) HitFiles.map(found, map, images);
    if (export != null) HitFiles.export(earth, found, export);
    if (json) {
      out.println(HitJson.line(describe(found, images)));
    } else {
      err.println(found.query().describe());
      out.println(HitTable.of(found));
      err.printf(
          Locale.ROOT,
          "encoded in %.1f ms, %s searched in %.1f ms%n",
          found.timings().encode().toNanos() / 1e6,
          Words.count(found.searched(), "tile"),
          found.timings().search().toNanos() / 1e6);
      String attribution = found.attribution().toString();
      if (!attribution.isEmpty()) err.println(attribution);
      for (Path file : new Path[] {map, export, pictures}) {
        if (file != null) err.println("written: " + file);
      }
    }
    boolean complete = true;
    for (HitFiles.Picture image : images) {
      if (image.failure() == null) continue;
      complete = false;
      err.println("not fetched: rank " + image.hit().rank() + ": " + image.failure());
    }
    return complete ? 0 : Main.INCOMPLETE;
  }

  private JsonObject describe(SearchResult found, List<HitFiles.Picture> images) {
    JsonObject described = HitJson.of(found);
    if (map != null) described.addProperty("map", map.toString());
    if (export != null) described.addProperty("export", export.toString());
    if (pictures != null) {
      JsonArray files = new JsonArray();
      for (HitFiles.Picture image : images) {
        if (image.file() != null) files.add(image.file().toString());
      }
      described.add("pictures", files);
    }
    return described;
  }
}
