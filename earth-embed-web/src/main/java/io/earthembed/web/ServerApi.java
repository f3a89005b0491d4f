package io.earthembed.web;

import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.view.BaseTiles;
import java.io.IOException;

/** The operations that describe the server. */
final class ServerApi {
  private final ExplorerRegistry explorers;
  private final ServerOptions options;
  private final byte[] openApi = StaticFiles.openApi();

  ServerApi(ExplorerRegistry explorers, ServerOptions options) {
    this.explorers = explorers;
    this.options = options;
  }

  void addTo(Routes routes) {
    routes.add("GET", "/health", exchange -> exchange.send(up()));
    routes.add("GET", "/ready", this::ready);
    routes.add("GET", "/api", this::describe);
    routes.add("GET", "/api/openapi.yaml", exchange -> openApi(exchange));
  }

  private static JsonObject up() {
    JsonObject json = new JsonObject();
    json.addProperty("status", "up");
    return json;
  }

  private void ready(Exchange exchange) throws IOException {
    if (explorers.ready().isEmpty()) throw ProblemException.of(503, "no explorer is loaded");
    exchange.send(up());
  }

  private void openApi(Exchange exchange) throws IOException {
    exchange.send("application/yaml", openApi, version(), "no-cache");
  }

  private void describe(Exchange exchange) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("version", version());
    BaseTiles base = options.baseMap();
    if (base != null) {
      JsonObject map = new JsonObject();
      map.addProperty("template", base.template());
      map.addProperty("attribution", base.attribution());
      json.add("baseMap", map);
    }
    JsonObject limits = new JsonObject();
    limits.addProperty("imageBytes", options.imageBytes());
    limits.addProperty("imagePixels", options.imagePixels());
    limits.addProperty("hits", SearchApi.MAX_HITS);
    limits.addProperty("parts", QueryArguments.MAX_PARTS);
    limits.addProperty("pictures", Exporter.MAX_TILES);
    json.add("limits", limits);
    exchange.send(json);
  }

  /** Returns the version of earth-embed; "development" if its classes are not in a jar. */
  static String version() {
    String version = EarthExplorer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
