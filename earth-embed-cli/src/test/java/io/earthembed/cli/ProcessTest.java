package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar as a user starts it; the classes if the jar is not built. */
@Timeout(600)
class ProcessTest {
  private static final Path JAR = Path.of(System.getProperty("earthembed.cli.jar", "none"));

  /** The status of a process that the signal SIGTERM ended, as Ctrl-C ends it with 130. */
  private static final int TERMINATED = 143;

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stopAll() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(String... args) throws IOException {
    return start(ProcessBuilder.Redirect.PIPE, args);
  }

  private Process start(ProcessBuilder.Redirect out, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    if (Files.isRegularFile(JAR)) {
      command.addAll(List.of("-jar", JAR.toString()));
    } else {
      String classes =
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
      command.addAll(List.of("-cp", classes, Main.class.getName()));
    }
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out)
            .redirectError(folder.resolve("err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private String messages() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  private int status(Process process) throws Exception {
    assertTrue(process.waitFor(300, TimeUnit.SECONDS), messages());
    return process.exitValue();
  }

  private String output(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, status(process), messages());
    return out;
  }

  /** Native libraries and model come from the jar. */
  @Test
  void embedsIndexesAndSearches() throws Exception {
    String embedded = output(start("embed", "--landscapes", "40", "--out", "w", "--json"));
    assertEquals(39, json(embedded).get("embedded").getAsInt());
    String indexed =
        output(start("index", "--embeddings", "w", "--out", "i", "--kind", "IVF2,Flat", "--json"));
    assertEquals(39, json(indexed).get("vectors").getAsInt());
    String found =
        output(
            start(
                "search",
                "--embeddings",
                "w",
                "--index",
                "i",
                "--top",
                "1",
                "--json",
                "a river",
                "--map",
                "m.png"));
    String id = json(found).getAsJsonArray("hits").get(0).getAsJsonObject().get("id").getAsString();
    assertTrue(id.startsWith("generated/river-"), found);
    assertTrue(Files.size(folder.resolve("m.png")) > 10_000);
  }

  private static JsonObject json(String out) {
    assertEquals(1, out.lines().count(), out);
    return new Gson().fromJson(out, JsonObject.class);
  }

  /** As in {@code earth-embed ... | head -1}, whose reader leaves early. */
  @Test
  void endsQuietlyIfTheReaderIsGone() throws Exception {
    Process process = start("completion");
    process.getInputStream().close();
    assertEquals(141, status(process), messages());
    assertEquals("", messages());
  }

  /** A result that is cut off must not look like a success. */
  @Test
  void fullDiskIsReported() throws Exception {
    File full = new File("/dev/full");
    assumeTrue(full.exists(), "only Linux has it");
    assertEquals(1, status(start(ProcessBuilder.Redirect.to(full), "completion")));
    assertEquals(
        "earth-embed: standard output cannot be written: No space left on device\n", messages());
  }

  @Test
  void wrongArgumentHasStatus2() throws Exception {
    Process process = start("search", "--top", "none");
    assertEquals(2, status(process));
    assertEquals(1, messages().lines().count(), messages());
  }

  /** A run that is ended leaves no half file, and the next one goes on. */
  @Test
  void stoppedRunLeavesWholeFiles() throws Exception {
    Process process = start("embed", "--landscapes", "1200", "--out", "w");
    while (!messages().contains("archive: ")) Thread.sleep(50);
    process.destroy();
    assertEquals(TERMINATED, status(process), messages());
    assertTrue(messages().contains("earth-embed embed: interrupted"), messages());
    assertFalse(messages().contains("\tat "), messages());
    try (Stream<Path> files = Files.walk(folder.resolve("w"))) {
      assertEquals(
          List.of(),
          files
              .filter(Files::isRegularFile)
              .filter(f -> !f.getFileName().toString().matches("part_\\d+\\.parquet"))
              .toList());
    }
  }

  @Test
  void explorerEndsItsRequestsAndStops() throws Exception {
    Process process = start("explore", "--landscapes", "20", "--port", "0", "--no-browser");
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = "";
    while (line != null && !line.startsWith("The explorer is at ")) line = out.readLine();
    assertTrue(line != null, messages());
    URI address = URI.create(line.split(" ", -1)[4]);
    HttpResponse<String> ready =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(address.resolve("ready")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, ready.statusCode(), ready.body());
    process.destroy();
    assertEquals(TERMINATED, status(process), messages());
    assertFalse(messages().contains("\tat "), messages());
    assertFalse(messages().contains("earth-embed explore: "), messages());
  }

  /** Standard output has the protocol and nothing else. */
  @Test
  void agentListsTools() throws Exception {
    Process process = start("mcp", "--landscapes", "20");
    String hello =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
            + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}\n"
            + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
            + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}\n";
    process.getOutputStream().write(hello.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String first = out.readLine();
    assertTrue(first != null && first.contains("serverInfo"), first + messages());
    String second = out.readLine();
    assertTrue(second != null && second.contains("search_tiles"), second + messages());
    process.getOutputStream().close();
    assertEquals("", output(process));
  }
}
