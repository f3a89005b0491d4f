package io.earthembed.web;

import io.earthembed.base.thread.Lifetime;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.MappingMatch;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page, the API and the tools for agents as a servlet, for an application's own server. Map it
 * to a folder and all below, such as {@code /earth/*}. It checks the token of the options and the
 * origin of requests; who may reach it is up to the application.
 *
 * <p>When the container destroys the servlet, requests that run end first; then the servlet closes
 * the explorers that it loaded itself. Safe for many threads.
 */
public final class ExplorerServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient ServerOptions options;
  private final transient AccessRules access;
  private final transient Routes routes = new Routes();
  private final transient StaticFiles files = new StaticFiles();
  private final transient McpEndpoint mcp;
  private final transient Lifetime lifetime;

  /**
   * Creates a servlet, and loads the explorers.
   *
   * @param explorers at least one, with different names
   * @param options limits, token and look; the host is ignored
   */
  public ExplorerServlet(List<ServedExplorer> explorers, ServerOptions options) {
    this(ExplorerRegistry.load(explorers), options, false);
  }

  ExplorerServlet(ExplorerRegistry explorers, ServerOptions options, boolean loopbackOnly) {
    Services services = new Services(explorers, options);
    this.options = options;
    access = new AccessRules(options, loopbackOnly);
    mcp = new McpEndpoint(new AgentTools(services), options);
    lifetime =
        Lifetime.of(
            "the server",
            () -> {
              mcp.close();
              services.close();
            });
    new ServerApi(explorers, options).addTo(routes);
    new ExplorersApi(explorers).addTo(routes);
    new PicturesApi(explorers, services.pictures).addTo(routes);
    new SearchApi(services.searcher, services.images, options).addTo(routes);
    Exporter exporter = new Exporter(services);
    exporter.addTo(routes);
    new AnalysisApi(services, exporter).addTo(routes);
  }

  /** Returns method and template of each operation. */
  List<String> operations() {
    return routes.names();
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    long start = System.nanoTime();
    Exchange exchange = new Exchange(request, response, Map.of());
    String route = "other";
    SecurityHeaders.common(response);
    try (Lifetime.Scope open = open()) {
      access.checkOrigin(request, response);
      String path = path(request);
      Routes.Match match = match(request, path);
      if (match != null) route = match.name();
      if (request.getMethod().equals("OPTIONS")) {
        AccessRules.allow(response);
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      } else if (path.equals(McpEndpoint.PATH)) {
        route = "MCP";
        access.checkToken(request);
        mcp.handle(request, response);
      } else if (match != null) {
        if (path.startsWith("/api")) access.checkToken(request);
        match.handler().handle(new Exchange(request, response, match.variables()));
      } else {
        page(exchange, path);
      }
    } catch (IOException | RuntimeException e) {
      // If the answer has begun, the connection is most likely gone.
      if (!response.isCommitted()) exchange.send(Problems.of(e, request.getMethod() + " " + route));
    }
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    options.metrics().request(route, response.getStatus(), time);
  }

  private Lifetime.Scope open() {
    try {
      return lifetime.use();
    } catch (IllegalStateException e) {
      throw ProblemException.of(503, "the server is stopping");
    }
  }

  private static String path(HttpServletRequest request) {
    String info = request.getPathInfo();
    if (info != null) return info;
    // A servlet that is mapped to / has no path info; another has none at its folder without slash.
    boolean whole = request.getHttpServletMapping().getMappingMatch() == MappingMatch.DEFAULT;
    return whole ? request.getServletPath() : "";
  }

  private Routes.@Nullable Match match(HttpServletRequest request, String path) {
    return request.getMethod().equals("OPTIONS") ? null : routes.find(request.getMethod(), path);
  }

  private void page(Exchange exchange, String path) throws IOException {
    if (!exchange.request.getMethod().matches("GET|HEAD")) {
      throw ProblemException.of(405, "this address does not take the method of the request");
    }
    if (path.isEmpty()) {
      // The page's addresses are relative to its folder.
      exchange.response.setStatus(HttpServletResponse.SC_MOVED_PERMANENTLY);
      exchange.response.setHeader("Location", exchange.request.getRequestURI() + "/");
      return;
    }
    StaticFiles.Page file = files.find(path);
    if (file == null) throw ProblemException.notFound("nothing is at this address");
    SecurityHeaders.page(exchange.response, options);
    String version = path + '/' + Arrays.hashCode(file.bytes());
    exchange.send(file.type(), file.bytes(), version, "no-cache");
  }

  /** Waits for the requests that run, and closes the explorers that the servlet loaded itself. */
  @Override
  public void destroy() {
    lifetime.close();
  }
}
