package io.earthembed.web;

import io.earthembed.SearchResult;
import io.earthembed.imagery.TileParts;
import io.earthembed.parquet.GeoParquetHits;
import io.earthembed.view.Csv;
import io.earthembed.view.GeoJson;
import io.earthembed.view.Kml;
import io.earthembed.view.StacItems;
import io.earthembed.view.TileArchive;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Writes the hits of searches and analyses as files. Safe for many threads. */
final class Exporter {
  /** The most hits whose pixels a ZIP has. */
  static final int MAX_TILES = 100;

  /** The most hits of a file. */
  static final int MAX_HITS = 1_000_000;

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
    send(exchange, format, explorer, searcher.searchOne(explorer, request));
  }

  /** Answers with the hits of a result as a file. */
  void send(Exchange exchange, ExportFormat format, LoadedExplorer explorer, SearchResult result)
      throws IOException {
    boolean quick = format != ExportFormat.ZIP && result.hits().size() <= MAX_QUICK;
    byte[] text = {};
    Path file = null;
    try (ConcurrencyLimit.Turn turn = (quick ? work : exports).await()) {
      if (format == ExportFormat.ZIP || format == ExportFormat.GEOPARQUET) {
        file = file(format, explorer, result);
      } else {
        text = text(format, explorer, result).getBytes(StandardCharsets.UTF_8);
      }
    }
    exchange.response.setHeader("Cache-Control", "no-store");
    exchange.response.setHeader(
        "Content-Disposition",
        "attachment; filename=\"" + explorer.name() + "-hits." + format.extension + "\"");
    if (file == null) exchange.write(format.type, text);
    else exchange.stream(format.type, new TemporaryFile(file), Files.size(file));
  }

  private static String text(ExportFormat format, LoadedExplorer explorer, SearchResult result) {
    String note = explorer.served().attribution();
    return switch (format) {
      case GEOJSON -> GeoJson.of(result).withNote(note).toJson();
      case CSV -> Csv.of(result).toCsv();
      case KML -> Kml.of(result).withNote(note).toKml();
      case STAC -> StacItems.of(result).withNote(note).toJson();
      case GEOPARQUET, ZIP -> throw new IllegalArgumentException("no text: " + format);
    };
  }

  /** Writes a file alone into a temporary folder. */
  private static Path file(ExportFormat format, LoadedExplorer explorer, SearchResult result)
      throws IOException {
    Path folder = Files.createTempDirectory("earth-embed-export-");
    Path file = folder.resolve("export");
    try {
      if (format == ExportFormat.ZIP) writeZip(explorer, result, file);
      else GeoParquetHits.write(result, file);
      return file;
    } catch (RuntimeException e) {
      TemporaryFile.delete(file);
      throw e;
    }
  }

  private static void writeZip(LoadedExplorer explorer, SearchResult result, Path file) {
    if (result.hits().size() > MAX_TILES) {
      throw new IllegalArgumentException(
          "a ZIP of " + result.hits().size() + " tiles, and it may have " + MAX_TILES);
    }
    var tiles = explorer.explorer().fetch(result, TileParts.ALL_BANDS);
    TileArchive.of(result, tiles).withNote(explorer.served().attribution()).write(file);
  }

  /** A file that is deleted with its folder when it is closed. */
  private static final class TemporaryFile extends FilterInputStream {
    private final Path file;

    TemporaryFile(Path file) throws IOException {
      super(Files.newInputStream(file));
      this.file = file;
    }

    @Override
    public void close() throws IOException {
      super.close();
      delete(file);
    }

    static void delete(Path file) throws IOException {
      Files.deleteIfExists(file);
      Files.deleteIfExists(Objects.requireNonNull(file.getParent()));
    }
  }
}
