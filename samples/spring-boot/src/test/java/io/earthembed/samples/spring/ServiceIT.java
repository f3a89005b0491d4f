package io.earthembed.samples.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts the packaged service, queries it over loopback and stops it. */
@Timeout(600)
class ServiceIT {
  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

  private Process service;
  private BufferedReader log;
  private int port;

  @BeforeEach
  void start() throws Exception {
    service =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m",
                "-jar",
                System.getProperty("service.jar"),
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--embeddings=" + System.getProperty("embeddings"))
            .redirectErrorStream(true)
            .start();
    log = service.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      said.append(line).append('\n');
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        port = Integer.parseInt(started.group(1));
        return;
      }
    }
    throw new AssertionError("the service did not start:\n" + said);
  }

  @AfterEach
  void kill() {
    service.destroyForcibly();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private HttpResponse<String> search(String text, int top) throws Exception {
    String json = "{\"parts\": [{\"text\": \"" + text + "\"}], \"k\": " + top + "}";
    return send(
        request("/earth/api/search")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private static List<String> products(String body) {
    return Pattern.compile("\"product\":\"([a-z]+)-\\d+\"")
        .matcher(body)
        .results()
        .map(hit -> hit.group(1))
        .toList();
  }

  @Test
  void answersAndStops() throws Exception {
    HttpResponse<String> page = send(request("/earth/"));
    assertEquals(200, page.statusCode(), page.body());
    assertTrue(page.body().startsWith("<!doctype html>"), page.body());
    assertEquals(301, send(request("/earth")).statusCode());

    HttpResponse<String> river = search("a satellite image of a river", 3);
    assertEquals(200, river.statusCode(), river.body());
    assertEquals(List.of("river", "river", "river"), products(river.body()), river.body());
    HttpResponse<String> snow = search("a satellite image of snow", 1);
    assertEquals(List.of("snow"), products(snow.body()), snow.body());

    HttpResponse<String> wrong = search("a river", -1);
    assertEquals(400, wrong.statusCode(), wrong.body());
    assertTrue(wrong.body().contains("-1"), wrong.body());

    // SIGTERM: the context closes the explorer. By the handle, which leaves the log open.
    service.toHandle().destroy();
    String rest = String.join("\n", log.lines().toList());
    assertTrue(service.waitFor(300, TimeUnit.SECONDS), "still running");
    assertEquals(143, service.exitValue());
    assertTrue(!rest.contains("Exception") && !rest.contains("not closed"), rest);
  }
}
