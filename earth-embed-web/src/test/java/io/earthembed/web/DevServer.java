package io.earthembed.web;

import io.earthembed.EarthExplorer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Serves generated landscapes while one works on the page: {@code DevServer [PORT [COUNT]]}. A
 * second explorer fails to load.
 */
public final class DevServer {
  private DevServer() {}

  /** Starts it. */
  public static void main(String[] args) throws Exception {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    Path folder = Files.createTempDirectory("earth-embed-dev-");
    try (DemoEarth earth = new DemoEarth(folder, count);
        EarthExplorer later = earth.later();
        ExplorerServer server =
            ExplorerServer.builder()
                .add(earth.served())
                .add(ServedExplorer.of("later", later).withTitle("A year later"))
                .add(
                    ServedExplorer.loadedBy(
                        "broken",
                        () -> {
                          throw new IllegalArgumentException("there is no such folder");
                        }))
                .start(port)) {
      System.out.println(server.address());
      server.join();
    }
  }
}
