package io.earthembed.guides.examples;

import io.earthembed.EarthExplorer;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.web.ExplorerServer;
import io.earthembed.web.ExplorerServlet;
import io.earthembed.web.ServedExplorer;
import io.earthembed.web.ServerOptions;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.util.List;

/** The code of docs/guides/explorer.md. */
public final class ExplorerGuide {
  private ExplorerGuide() {}

  /** Serves one explorer until the server is stopped. */
  public static void serve(EarthExplorer earth) throws InterruptedException {
    // [serve
    try (ExplorerServer server = ExplorerServer.of(earth).start(8080)) {
      System.out.println("open " + server.address());
      server.join();
    }
    // serve]
  }

  /** Serves two explorers. */
  public static ExplorerServer serveTwo(EarthExplorer earth, Path folder, EmbeddingModel model) {
    // [several
    ExplorerServer server =
        ExplorerServer.builder()
            .add(
                ServedExplorer.of("demo", earth)
                    .withTitle("Landscapes")
                    .withAttribution("Contains modified Copernicus Sentinel data")
                    .withCropPixels(64))
            .add(ServedExplorer.loadedBy("saved", () -> EarthExplorer.open(folder, model)))
            .start(8080);
    // several]
    return server;
  }

  /** Serves one explorer in a cell of a notebook. */
  public static ExplorerServer serveInNotebook(EarthExplorer earth) {
    // [notebook
    ExplorerServer server = ExplorerServer.inNotebook(earth);
    // notebook]
    return server;
  }

  /** Returns the servlet. */
  public static HttpServlet servlet(EarthExplorer earth) {
    // [servlet
    HttpServlet servlet =
        new ExplorerServlet(List.of(ServedExplorer.of("demo", earth)), ServerOptions.DEFAULT);
    // servlet]
    return servlet;
  }

  /** Returns options of a server that other machines reach. */
  public static ServerOptions options(String token) {
    // [options
    ServerOptions options =
        ServerOptions.builder()
            .host("0.0.0.0")
            .token(token) // requests carry it: Authorization: Bearer TOKEN
            .searches(4) // at once; others wait, and then get 429 with Retry-After
            .imagePixels(10_000_000) // of an uploaded picture, checked before it is decoded
            .build();
    // options]
    return options;
  }
}
