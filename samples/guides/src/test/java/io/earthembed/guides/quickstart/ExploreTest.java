package io.earthembed.guides.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The explorer as a user starts it. */
@Timeout(120)
class ExploreTest {
  private static final Pattern ADDRESS = Pattern.compile("The explorer is at (\\S+)");

  @TempDir Path folder;

  @Test
  void servesTheLandscapes() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream console = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    String[] args = {
      "--landscapes", "20", "--port", "0", "--no-browser", "--out", folder.toString()
    };
    Thread running =
        new Thread(() -> Messages.run("explore", new Explore(console), args), "explore");
    running.start();
    try {
      Matcher address = ADDRESS.matcher("");
      while (!address.find()) {
        assertTrue(running.isAlive(), bytes.toString(StandardCharsets.UTF_8));
        Thread.sleep(100);
        address.reset(bytes.toString(StandardCharsets.UTF_8));
      }
      HttpRequest search =
          HttpRequest.newBuilder(URI.create(address.group(1) + "api/search"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"parts\": [{\"text\": \"a river\"}]}"))
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(search, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("\"rank\":1"), answer.body());
    } finally {
      running.interrupt();
      running.join(60_000);
    }
  }

  @Test
  void saysWhatIsWrong() {
    PrintStream console =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    assertEquals(
        1, Messages.run("explore", new Explore(console), "--embeddings", folder + "/none"));
  }
}
