package io.earthembed.web;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations that read pictures of tiles. */
final class PicturesApi {
  /** The most tiles of one request. */
  private static final int MAX_ROWS = 200;

  private final ExplorerRegistry explorers;
  private final PictureReader reader;

  PicturesApi(ExplorerRegistry explorers, PictureReader reader) {
    this.explorers = explorers;
    this.reader = reader;
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/explorers/{explorer}/tiles/{row}/picture", this::picture);
    routes.add("GET", "/api/explorers/{explorer}/pictures", this::follow);
  }

  private LoadedExplorer explorer(Exchange exchange) {
    return explorers.require(exchange.variable("explorer"), exchange.parameter("tiles"));
  }

  private static PictureView view(Exchange exchange) {
    return PictureView.of(exchange.parameter("view"), exchange.parameter("bands"));
  }

  private void picture(Exchange exchange) throws IOException {
    LoadedExplorer explorer = explorer(exchange);
    long row = explorer.requireRow(exchange.variable("row"));
    PictureView view = view(exchange);
    // The tag depends on the tile alone, so that a client's copy saves the read.
    if (exchange.isCurrent(PictureReader.key(explorer, row, view), "private, max-age=3600")) return;
    byte[] png = reader.png(explorer, row, view, PictureReader.Patience.ENDLESS);
    if (png != null) exchange.write("image/png", png);
  }

  private void follow(Exchange exchange) throws IOException {
    LoadedExplorer explorer = explorer(exchange);
    List<Long> rows = rows(explorer, exchange.parameter("rows"));
    PictureView view = view(exchange);
    EventStream events = new EventStream(exchange);
    int failed = 0;
    try (PictureReader.Series series = reader.new Series(explorer, rows, view)) {
      for (int i = 0; i < rows.size(); i++) {
        JsonObject event = new JsonObject();
        event.addProperty("row", rows.get(i));
        try {
          byte[] png = series.next(events::isOpen);
          if (png == null) return;
        } catch (RuntimeException e) {
          failed++;
          event.add("problem", Problems.json(Problems.of(e, "picture of row " + rows.get(i))));
        }
        event.addProperty("done", i + 1);
        event.addProperty("total", rows.size());
        if (!events.send("picture", event)) return;
      }
    }
    JsonObject end = new JsonObject();
    end.addProperty("done", rows.size());
    end.addProperty("total", rows.size());
    end.addProperty("failed", failed);
    events.send("end", end);
  }

  private static List<Long> rows(LoadedExplorer explorer, @Nullable String text) {
    if (text == null) throw new IllegalArgumentException("the parameter rows is missing");
    String[] parts = text.split(",", -1);
    if (parts.length > MAX_ROWS) {
      throw new IllegalArgumentException("rows are " + parts.length + ", more than " + MAX_ROWS);
    }
    List<Long> rows = new ArrayList<>();
    for (String part : parts) rows.add(explorer.requireRow(part));
    return rows;
  }
}
