package io.earthembed.web;

import io.earthembed.SearchResult;
import io.earthembed.imagery.TileParts;
import io.earthembed.parquet.GeoParquetHits;
import io.earthembed.view.Csv;
import io.earthembed.view.GeoJson;
import io.earthembed.view.Kml;
import io.earthembed.view.StacItems;
import io.earthembed.view.TileArchive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the hits of a search as files. Safe for many threads. */
final class Exporter {
  /** The most hits whose pixels a ZIP has. */
  static final int MAX_TILES = 100;

  /** The most hits of a file. */
  private static final int MAX_HITS = 1_000_000;

  /** Files of more hits, and those with pixels, wait for one another and not for searches. */
  private static final int MAX_QUICK = 10_000;

  private final ExplorerRegistry explorers;
  private final Searcher searcher;
  private final ConcurrencyLimit work;
  private final ConcurrencyLimit exports;
  private final ServerOptions options;

  Exporter(Services services) {
    explorers = services.explorers;
    searcher = services.searcher;
    work = services.work;
    exports = services.exports;
    options = services.options;
  }

  void addTo(Routes routes) {
    routes.add("POST", "/api/export", this::export);
  }

  private void export(Exchange exchange) throws IOException {
    ExportFormat format = ExportFormat.of(exchange.parameter("format"));
    SearchRequest request = SearchRequest.read(exchange.json(options.bodyTimeout()), MAX_HITS);
    List<LoadedExplorer> ready = explorers.ready();
    if (request.explorers().size() > 1 || request.explorers().isEmpty() && ready.size() != 1) {
      throw new IllegalArgumentException("explorers does not name one explorer");
    }
    LoadedExplorer explorer =
        request.explorers().isEmpty()
            ? ready.get(0)
            : explorers.require(request.explorers().get(0));
    SearchResult result = searcher.searchOne(explorer, request);
    boolean quick = format != ExportFormat.ZIP && result.hits().size() <= MAX_QUICK;
    byte[] file;
    try (ConcurrencyLimit.Turn turn = (quick ? work : exports).await()) {
      file = file(format, explorer, result);
    }
    exchange.response.setHeader("Cache-Control", "no-store");
    exchange.response.setHeader(
        "Content-Disposition",
        "attachment; filename=\"" + explorer.name() + "-hits." + format.extension + "\"");
    exchange.write(format.type, file);
  }

  private byte[] file(ExportFormat format, LoadedExplorer explorer, SearchResult result)
      throws IOException {
    String note = explorer.served().attribution();
    return switch (format) {
      case GEOJSON -> utf8(GeoJson.of(result).withNote(note).toJson());
      case CSV -> utf8(Csv.of(result).toCsv());
      case KML -> utf8(Kml.of(result).withNote(note).toKml());
      case STAC -> utf8(StacItems.of(result).withNote(note).toJson());
      case GEOPARQUET -> written(file -> GeoParquetHits.write(result, file));
      case ZIP -> zip(explorer, result, note);
    };
  }

  private static byte[] zip(LoadedExplorer explorer, SearchResult result, String note)
      throws IOException {
    if (result.hits().size() > MAX_TILES) {
      throw new IllegalArgumentException(
          "a ZIP of " + result.hits().size() + " tiles, and it may have " + MAX_TILES);
    }
    var tiles = explorer.explorer().fetch(result, TileParts.ALL_BANDS);
    return written(file -> TileArchive.of(result, tiles).withNote(note).write(file));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private interface Writer {
    void write(Path file);
  }

  private static byte[] written(Writer writer) throws IOException {
    Path folder = Files.createTempDirectory("earth-embed-export-");
    Path file = folder.resolve("export");
    try {
      writer.write(file);
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }
}
