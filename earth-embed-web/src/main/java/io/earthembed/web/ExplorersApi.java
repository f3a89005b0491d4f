package io.earthembed.web;

import com.google.gson.JsonObject;
import io.earthembed.geo.GeoPoint;
import java.io.IOException;
import java.util.OptionalLong;

/** The operations on explorers and their tiles. */
final class ExplorersApi {
  /** Tiles may change while a client runs. */
  private static final String CACHING = "private, no-cache";

  private final ExplorerRegistry explorers;

  ExplorersApi(ExplorerRegistry explorers) {
    this.explorers = explorers;
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/explorers", this::list);
    routes.add("GET", "/api/explorers/{explorer}/points", this::points);
    routes.add("GET", "/api/explorers/{explorer}/tiles", this::find);
    routes.add("GET", "/api/explorers/{explorer}/tiles/{row}", this::tile);
  }

  private LoadedExplorer explorer(Exchange exchange) {
    return explorers.require(exchange.variable("explorer"), exchange.parameter("tiles"));
  }

  private void list(Exchange exchange) throws IOException {
    JsonObject json = new JsonObject();
    json.add("explorers", explorers.descriptions());
    exchange.send(json);
  }

  private void points(Exchange exchange) throws IOException {
    LoadedExplorer explorer = explorer(exchange);
    if (exchange.isCurrent("points/" + explorer.tag(), CACHING)) return;
    exchange.write("application/octet-stream", explorer.points());
  }

  private void tile(Exchange exchange) throws IOException {
    LoadedExplorer explorer = explorer(exchange);
    send(exchange, explorer, explorer.requireRow(exchange.variable("row")));
  }

  private void find(Exchange exchange) throws IOException {
    LoadedExplorer explorer = explorer(exchange);
    String id = exchange.parameter("id");
    Double latitude = exchange.numberParameter("lat");
    Double longitude = exchange.numberParameter("lon");
    OptionalLong row;
    if (id != null && latitude == null && longitude == null) {
      row = explorer.catalog().find(id);
    } else if (id == null && latitude != null && longitude != null) {
      row = explorer.catalog().nearest(new GeoPoint(latitude, longitude));
    } else {
      throw new IllegalArgumentException("the address has not either id, or lat and lon");
    }
    if (row.isEmpty()) throw ProblemException.notFound(explorer.name() + " has no such tile");
    send(exchange, explorer, row.getAsLong());
  }

  private static void send(Exchange exchange, LoadedExplorer explorer, long row)
      throws IOException {
    exchange.send(TileJson.of(row, explorer.catalog().record(row)));
  }
}
