package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.view.notebook.HtmlDisplay;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A server of the explorer's page and API.
 *
 * <pre>{@code
 * try (ExplorerServer server = ExplorerServer.of(earth).start(8080)) {
 *   System.out.println(server.address());
 *   server.join();
 * }
 * }</pre>
 *
 * <p>It listens on the loopback address unless {@link ServerOptions.Builder#host} says otherwise.
 * Safe for many threads.
 */
public final class ExplorerServer implements AutoCloseable, HtmlDisplay {
  /** How long running requests may take to end when the server stops. */
  private static final long STOP_MILLIS = 30_000;

  /** A connection on which nothing arrives or leaves for so long is closed. */
  private static final long IDLE_MILLIS = 30_000;

  /** Threads besides those of requests that wait for their turn. */
  private static final int THREADS = 200;

  /** The pages of this machine, on any port. */
  private static final List<String> LOCAL_PAGES =
      List.of(
          "http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "https://127.0.0.1:*");

  private final Server jetty;
  private final ServerConnector connector;
  private final ExplorerServlet servlet;
  private final String host;

  private final boolean framed;

  private ExplorerServer(
      Server jetty, ServerConnector connector, ExplorerServlet servlet, ServerOptions options) {
    this.jetty = jetty;
    this.connector = connector;
    this.servlet = servlet;
    this.host = options.host();
    this.framed = !options.frames().isEmpty();
  }

  /** Serves one explorer under its model's name. The server borrows it. */
  public static Builder of(EarthExplorer explorer) {
    String name = explorer.model().info().name().replaceAll("[^A-Za-z0-9._-]+", "-");
    return builder().add(ServedExplorer.of(name.replaceFirst("^[._-]+", ""), explorer));
  }

  /**
   * Starts a server on a free port for a notebook, which shows the page in the cell whose value the
   * server is. Pages of this machine may show the page in a frame; the notebook's page must be one
   * of them, such as {@code http://localhost:8888}. For another, set {@link
   * ServerOptions.Builder#frames}.
   *
   * @param explorer borrowed: the caller closes it after the server
   * @throws EarthEmbedException if the server cannot listen
   */
  public static ExplorerServer inNotebook(EarthExplorer explorer) {
    return of(explorer)
        .options(ServerOptions.builder().frames(LOCAL_PAGES.toArray(String[]::new)).build())
        .start(0);
  }

  /** Returns a builder of a server without explorers. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the address of the page, with a slash at its end. */
  public URI address() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    boolean any = host.equals("0.0.0.0") || host.equals("::");
    return URI.create("http://" + (any ? "localhost" : name) + ":" + port() + "/");
  }

  /** Returns the port that the server listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Returns method and template of each operation of the API. */
  List<String> operations() {
    return servlet.operations();
  }

  /** Waits until the server has stopped. */
  public void join() throws InterruptedException {
    jetty.join();
  }

  /**
   * Stops: takes no more requests, waits up to 30 s for those that run, and closes the explorers
   * that the server loaded itself. Closing twice is harmless.
   */
  @Override
  @SuppressWarnings("IllegalCatch") // declared by Jetty
  public void close() {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new EarthEmbedException("the server did not stop in order: " + e.getMessage(), e);
    }
  }

  /**
   * Returns a frame with the page and a link to it, for a notebook's cell. It is the link alone if
   * the options name no page that may show the page in a frame. Once the server has stopped, it
   * says so.
   */
  @Override
  public String toHtml() {
    if (!jetty.isStarted()) return "<div class=\"earth-embed\">The explorer has stopped.</div>";
    String address = address().toString();
    return "<div class=\"earth-embed\">"
        + (framed
            ? "<iframe src=\""
                + address
                + "\" title=\"The explorer\" allow=\"clipboard-write\""
                + " style=\"width:100%;height:45rem;border:0\"></iframe>"
            : "")
        + "<p>The explorer is at <a href=\""
        + address
        + "\" target=\"_blank\" rel=\"noopener\">"
        + address
        + "</a></p></div>";
  }

  @Override
  public String toString() {
    return "ExplorerServer[" + (jetty.isStarted() ? address() : "stopped") + "]";
  }

  /** Builds a server. Not safe for several threads at once. */
  public static final class Builder {
    private final List<ServedExplorer> explorers = new ArrayList<>();
    private ServerOptions options = ServerOptions.DEFAULT;

    private Builder() {}

    /** Adds an explorer. */
    public Builder add(ServedExplorer explorer) {
      explorers.add(explorer);
      return this;
    }

    /** Sets the options (default {@link ServerOptions#DEFAULT}). */
    public Builder options(ServerOptions options) {
      this.options = options;
      return this;
    }

    /**
     * Loads the explorers and starts the server.
     *
     * @param port the port; 0 for a free one, which {@link ExplorerServer#port} tells
     * @throws IllegalArgumentException if there is no explorer, two have one name, or the host is
     *     not loopback and the options have no token
     * @throws EarthEmbedException if the server cannot listen there
     */
    @SuppressWarnings("IllegalCatch") // declared by Jetty
    public ExplorerServer start(int port) {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port outside [0, 65535]: " + port);
      }
      boolean loopback = AccessRules.isLoopback(options.host());
      if (!loopback && options.token().isEmpty()) {
        throw new IllegalArgumentException(
            "host " + options.host() + " can be reached from other machines: set a token");
      }
      QueuedThreadPool threads = new QueuedThreadPool(THREADS + options.waiting());
      threads.setName("earth-embed-web");
      Server jetty = new Server(threads);
      HttpConfiguration http = new HttpConfiguration();
      http.setSendServerVersion(false);
      http.setRequestHeaderSize(16 << 10);
      http.setMinRequestDataRate(64);
      http.setMinResponseDataRate(64);
      ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
      connector.setHost(options.host());
      connector.setPort(port);
      connector.setIdleTimeout(IDLE_MILLIS);
      jetty.addConnector(connector);
      ExplorerRegistry registry = ExplorerRegistry.load(explorers);
      ServletContextHandler context = new ServletContextHandler();
      ExplorerServlet servlet = new ExplorerServlet(registry, options, loopback);
      ServletHolder holder = new ServletHolder(servlet);
      holder.setAsyncSupported(true);
      context.addServlet(holder, "/*");
      context.setErrorHandler(new PlainErrors());
      jetty.setHandler(new GracefulHandler(context));
      jetty.setErrorHandler(new PlainErrors());
      jetty.setStopTimeout(STOP_MILLIS);
      try {
        jetty.start();
      } catch (Exception e) {
        registry.close();
        stopQuietly(jetty);
        throw new EarthEmbedException(
            "cannot listen on " + options.host() + " port " + port + ": " + e.getMessage(), e);
      }
      SlowHeaders.watch(connector, options.bodyTimeout());
      return new ExplorerServer(jetty, connector, servlet, options);
    }

    @SuppressWarnings("IllegalCatch") // declared by Jetty
    private static void stopQuietly(Server jetty) {
      try {
        jetty.stop();
      } catch (Exception e) {
        // The failure to start is thrown.
      }
    }
  }
}
