package io.earthembed.stac;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A loopback server whose replies a test defines. */
final class StacServer implements Closeable {
  static {
    // Otherwise each reply takes 40 ms: a delayed acknowledgement between its head and its body.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** A request: {@code /search?limit=2}, the body, and the header X-Test, empty if absent. */
  record Request(String method, String path, String body, String header) {}

  /** A reply. */
  record Reply(int status, String body, Map<String, String> headers) {
    static Reply ok(String body) {
      return new Reply(200, body, Map.of());
    }
  }

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final Function<Request, Reply> script;

  StacServer(Function<Request, Reply> script) throws IOException {
    this.script = script;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Returns a landing page with a search of some methods. */
  static Reply landing(String... methods) {
    StringBuilder links = new StringBuilder("{\"rel\":\"self\",\"href\":\"./\"}");
    for (String method : methods) {
      links.append(",{'rel':'search','href':'search','method':'" + method + "'}");
    }
    return Reply.ok(json("{'type':'Catalog','id':'x','links':[" + links + "]}"));
  }

  /** Returns a page of items. */
  static Reply page(String next, String... ids) {
    StringBuilder items = new StringBuilder();
    for (String id : ids) {
      if (!items.isEmpty()) items.append(',');
      items.append("{'type':'Feature','id':'" + id + "','properties':{},'assets':{}}");
    }
    String links = next.isEmpty() ? "" : "{'rel':'next'," + next + "}";
    return Reply.ok(
        json("{'type':'FeatureCollection','features':[" + items + "],'links':[" + links + "]}"));
  }

  static String json(String singleQuoted) {
    return singleQuoted.replace('\'', '"');
  }

  URI api() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/stac/");
  }

  private void answer(HttpExchange exchange) throws IOException {
    String header = exchange.getRequestHeaders().getFirst("X-Test");
    Request request =
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString().replace("/stac", ""),
            new String(exchange.getRequestBody().readAllBytes(), UTF_8),
            header == null ? "" : header);
    requests.add(request);
    Reply reply = script.apply(request);
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = reply.body().getBytes(UTF_8);
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
