package io.earthembed.cli;

import io.earthembed.view.BaseTiles;
import io.earthembed.web.ExplorerServer;
import io.earthembed.web.ServedExplorer;
import io.earthembed.web.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves the explorer's page, its API and its tools for agents. */
@Command(
    name = "explore",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Embeds imagery unless that is done, and serves the page, the API and the tools for"
            + " agents. The default is generated landscapes, which need no network. With"
            + " --embeddings, serves embeddings that are there; with --published, a region of a"
            + " published set of embeddings.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  earth-embed explore",
      "  earth-embed explore --embeddings work --index work/index.faiss --port 0",
      "  earth-embed explore --published earth-index --in 2,41,3,42"
    })
final class ExploreCommand implements Callable<Integer> {
  @Mixin private final ServedOptions served = new ServedOptions();

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "port; 0 for a free one (default: ${DEFAULT-VALUE})")
  private int port = 8080;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description =
          "address to listen on (default: ${DEFAULT-VALUE}); any but loopback needs a token in the"
              + " environment variable EARTH_EMBED_TOKEN")
  private String host = "127.0.0.1";

  @Option(
      names = "--base-map",
      paramLabel = "URL",
      description = "address of a base map's tiles, with {z}, {x} and {y}; see --attribution")
  private @Nullable String baseMap;

  @Option(
      names = "--attribution",
      paramLabel = "WORDS",
      defaultValue = "",
      description = "attribution of the base map")
  private String attribution = "";

  @Option(names = "--no-browser", description = "do not open the page in a browser")
  private boolean noBrowser;

  private final PrintWriter console;

  ExploreCommand(PrintWriter console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("--port is outside [0, 65535]: " + port);
    }
    ServerOptions options =
        ServedOptions.server(host, baseMap == null ? null : new BaseTiles(baseMap, attribution));
    try {
      served.open(console, explorer -> serve(explorer, options));
    } catch (InterruptedException e) {
      // Ctrl-C ends a server; that is no failure.
    }
    return 0;
  }

  private void serve(ServedExplorer explorer, ServerOptions options) throws InterruptedException {
    try (ExplorerServer server =
        ExplorerServer.builder().options(options).add(explorer).start(port)) {
      console.println("The explorer is at " + server.address() + "  (end it with Ctrl-C)");
      if (!noBrowser) openBrowser(server.address().toString());
      server.join();
    }
  }

  private static void openBrowser(String address) {
    boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
    boolean screen = System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    if (!mac && !screen) return;
    try {
      new ProcessBuilder(mac ? "open" : "xdg-open", address)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      // There is no browser to open; the address is printed.
    }
  }
}
