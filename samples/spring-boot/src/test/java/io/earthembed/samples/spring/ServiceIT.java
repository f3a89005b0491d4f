package io.earthembed.samples.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts the packaged service, queries it over loopback and stops it. */
@Timeout(120)
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

  private HttpResponse<String> search(String text, int top) throws Exception {
    String query = "q=" + URLEncoder.encode(text, StandardCharsets.UTF_8) + "&top=" + top;
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/search?" + query))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void answersAndStops() throws Exception {
    HttpResponse<String> river = search("a satellite image of a river", 3);
    assertEquals(200, river.statusCode(), river.body());
    assertTrue(
        river.body().matches("\\[(\\{\"rank\":\\d,\"product\":\"river-\\d\".*?},?){3}]"),
        river.body());
    HttpResponse<String> snow = search("a satellite image of snow", 1);
    assertTrue(snow.body().startsWith("[{\"rank\":1,\"product\":\"snow-"), snow.body());

    HttpResponse<String> wrong = search("a river", -1);
    assertEquals(400, wrong.statusCode(), wrong.body());
    assertTrue(wrong.body().contains("-1"), wrong.body());

    // SIGTERM: the context closes the explorer. By the handle, which leaves the log open.
    service.toHandle().destroy();
    String rest = String.join("\n", log.lines().toList());
    assertTrue(service.waitFor(30, TimeUnit.SECONDS), "still running");
    assertEquals(143, service.exitValue());
    assertTrue(!rest.contains("Exception") && !rest.contains("not closed"), rest);
  }
}
