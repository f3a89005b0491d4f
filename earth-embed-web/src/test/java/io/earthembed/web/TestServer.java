package io.earthembed.web;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A server of generated landscapes, and a client for it. */
final class TestServer implements AutoCloseable {
  private final DemoEarth earth;
  final ExplorerServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Starts a server of the explorers demo, and broken, which fails to load. */
  static TestServer start(Path folder, int tiles, ServerOptions options) {
    return new TestServer(folder, tiles, options);
  }

  private TestServer(Path folder, int tiles, ServerOptions options) {
    earth = new DemoEarth(folder, tiles);
    server =
        ExplorerServer.builder()
            .options(options)
            .add(earth.served())
            .add(
                ServedExplorer.loadedBy(
                    "broken",
                    () -> {
                      throw new IllegalArgumentException("there is no such folder");
                    }))
            .start(0);
  }

  DemoEarth earth() {
    return earth;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  HttpResponse<byte[]> post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  static JsonObject json(HttpResponse<byte[]> response) {
    return JsonParser.parseString(text(response)).getAsJsonObject();
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
    earth.close();
  }
}
