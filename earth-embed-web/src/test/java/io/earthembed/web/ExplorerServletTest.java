package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The servlet in a server of the application. */
class ExplorerServletTest {
  @TempDir Path folder;

  private static HttpResponse<String> get(Server server, String path) throws Exception {
    int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static Server start(DemoEarth earth, String mapping) throws Exception {
    Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
    ServletContextHandler context = new ServletContextHandler();
    ExplorerServlet servlet = new ExplorerServlet(List.of(earth.served()), ServerOptions.DEFAULT);
    context.addServlet(new ServletHolder(servlet), mapping);
    server.setHandler(context);
    server.start();
    return server;
  }

  @Test
  void leadsToThePageInItsFolder() throws Exception {
    try (DemoEarth earth = new DemoEarth(folder, 6)) {
      Server server = start(earth, "/earth/*");
      try {
        HttpResponse<String> moved = get(server, "/earth");
        assertEquals(301, moved.statusCode(), moved.body());
        assertTrue(moved.headers().firstValue("Location").orElse("").endsWith("/earth/"));
        assertServes(server, "/earth/");
      } finally {
        server.stop();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/*"})
  void servesThePageAtTheTop(String mapping) throws Exception {
    try (DemoEarth earth = new DemoEarth(folder, 6)) {
      Server server = start(earth, mapping);
      try {
        assertServes(server, "/");
      } finally {
        server.stop();
      }
    }
  }

  private static void assertServes(Server server, String folder) throws Exception {
    assertTrue(get(server, folder).body().startsWith("<!doctype html>"));
    assertTrue(get(server, folder + "api/explorers").body().contains("\"demo\""));
    assertEquals(404, get(server, folder + "nothing").statusCode());
  }
}
