package io.earthembed.cli;

import com.google.gson.JsonObject;
import io.earthembed.ChangeSearch;
import io.earthembed.Changes;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.view.HitTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds the grid cells that changed most between two sets of embeddings. */
@Command(
    name = "changes",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Finds the grid cells whose embeddings changed most: between two sets of one model, or"
            + " between the first and the last date of one set.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  earth-embed changes --before work-2020 --after work-2024 --clouds 10 --map changes.html",
      "  earth-embed changes --after work --in 5,45,11,48 --export changes.geojson"
    })
final class ChangesCommand implements Callable<Integer> {
  @Option(
      names = "--before",
      paramLabel = "DIR",
      description = "earlier embeddings (default: the first date of each cell in --after)")
  private @Nullable Path before;

  @Option(names = "--after", paramLabel = "DIR", required = true, description = "later embeddings")
  private Path after = Path.of("");

  @Mixin private final RegionOptions region = new RegionOptions();

  @Mixin private final AttributeOptions attributes = new AttributeOptions();

  @Option(
      names = "--clouds",
      paramLabel = "PERCENT",
      description = "most cloud cover of a tile; tiles of unknown cloud cover are left out")
  private @Nullable Double clouds;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "10",
      description = "number of cells (default: ${DEFAULT-VALUE})")
  private int top = 10;

  @Option(names = "--min-change", paramLabel = "C", description = "only changes of this or more")
  private @Nullable Float minChange;

  @Option(
      names = "--support",
      paramLabel = "C",
      description = "only cells around which the mean change is this or more")
  private @Nullable Double support;

  @Option(names = "--json", description = "print one line of JSON instead of a table")
  private boolean json;

  @Option(
      names = "--map",
      paramLabel = "FILE",
      description = "write a map of the change of every cell: .html, .png or .svg")
  private @Nullable Path map;

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description = "write the cells found: .geojson, .csv, .kml, .parquet or .stac.json")
  private @Nullable Path export;

  private final PrintWriter out;
  private final PrintWriter err;

  ChangesCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    if (map != null) HitFiles.requireMap(map);
    if (export != null) HitFiles.requireTable(export);
    SearchOptions options = options();
    TileFilter clear = TileFilter.ALL;
    if (clouds != null) {
      if (!(clouds >= 0 && clouds <= 100)) {
        throw new IllegalArgumentException("--clouds is outside [0, 100]: " + clouds);
      }
      clear = TileFilter.cloudCoverAtMost(clouds);
    }
    EmbeddingDataset later = open("--after", after);
    TileFilter own = clear.and(attributes.filter(TileCatalog.of(later.catalog())));
    Changes changes =
        before == null
            ? ChangeSearch.within(later, own)
            : ChangeSearch.between(open("--before", before), clear, later, own);
    SearchResult found =
        support == null ? changes.search(options) : changes.search(options, support);
    print(changes, found);
    return 0;
  }

  private static EmbeddingDataset open(String option, Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(option + " is no file or folder: " + path);
    }
    return GeoParquetDataset.open(EmbeddingsOptions.folder(path));
  }

  private SearchOptions options() {
    if (top < 1) throw new IllegalArgumentException("--top is less than 1: " + top);
    SearchOptions.Builder options = SearchOptions.builder().k(top).filter(region.filter());
    if (minChange != null) options.minScore(minChange);
    if (map != null) options.scoreField();
    return options.build();
  }

  private void print(Changes changes, SearchResult found) {
    if (map != null) HitFiles.map(found, map, List.of());
    if (export != null) HitFiles.table(found, export);
    if (json) {
      JsonObject described = HitJson.of(found);
      described.addProperty("compared", changes.size());
      described.addProperty("artifacts", changes.artifacts());
      if (map != null) described.addProperty("map", map.toString());
      if (export != null) described.addProperty("export", export.toString());
      out.println(HitJson.line(described));
      return;
    }
    out.println(HitTable.of(found));
    err.println(
        Words.count(changes.size(), "cell")
            + " compared, "
            + Words.count(changes.artifacts(), "cell")
            + " with an empty tile left out");
    String attribution = found.attribution().toString();
    if (!attribution.isEmpty()) err.println(attribution);
    for (Path file : new Path[] {map, export}) {
      if (file != null) err.println("written: " + file);
    }
  }
}
