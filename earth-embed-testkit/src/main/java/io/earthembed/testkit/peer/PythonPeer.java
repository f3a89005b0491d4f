package io.earthembed.testkit.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python script that answers each line with one line, so that a test can compare with pyarrow,
 * GDAL, Pillow or FAISS thousands of times in one process.
 *
 * <p>{@code -Dearthembed.python} names the Python. {@code ./run test} installs it with the packages
 * of {@code earth-embed-testkit/python/requirements.txt}. Without the property, tests that start a
 * peer are skipped. A peer is for one thread.
 */
public final class PythonPeer implements AutoCloseable {
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader replies;
  private final Path errors;
  private final Duration patience;

  private PythonPeer(Process process, Path errors, Duration patience) {
    this.process = process;
    this.requests = process.outputWriter(UTF_8);
    this.replies = process.inputReader(UTF_8);
    this.errors = errors;
    this.patience = patience;
  }

  /** Returns whether {@code -Dearthembed.python} names a Python. */
  public static boolean isPresent() {
    return !System.getProperty("earthembed.python", "").isEmpty();
  }

  /**
   * Starts a script, or skips the running test if there is no Python for it.
   *
   * @param script a file of the module's {@code src/test/python}, which answers every line of its
   *     standard input with one line, flushed
   * @param arguments the script's arguments
   * @throws IOException if the process cannot be started
   */
  public static PythonPeer start(Path script, String... arguments) throws IOException {
    Assumptions.assumeTrue(isPresent(), "no -Dearthembed.python: ./run test makes one");
    if (!Files.isRegularFile(script)) throw new IOException(script + " is not there");
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("earthembed.python"));
    command.add(script.toString());
    command.addAll(List.of(arguments));
    Path errors = Files.createTempFile("peer", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(new File(errors.toString()));
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    return new PythonPeer(builder.start(), errors, Duration.ofSeconds(300));
  }

  /**
   * Sends a line and returns the line that answers it.
   *
   * @param request without line feeds
   * @throws IOException if the script ends, or does not answer for a minute; the message quotes the
   *     end of its standard error
   */
  public String ask(String request) throws IOException {
    if (request.indexOf('\n') >= 0) throw new IllegalArgumentException("request has a line feed");
    FutureTask<String> reply =
        new FutureTask<>(
            () -> {
              requests.write(request);
              requests.newLine();
              requests.flush();
              return replies.readLine();
            });
    Thread thread = new Thread(reply, "python-peer");
    thread.setDaemon(true);
    thread.start();
    try {
      String line = reply.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) throw failed("the peer ended", null);
      return line;
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw failed("the peer said nothing for " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw failed("the peer ended", e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw failed("interrupted", e);
    }
  }

  private IOException failed(String what, @org.jspecify.annotations.Nullable Exception cause)
      throws IOException {
    String said = Files.readString(errors, UTF_8);
    return new IOException(
        what + ": " + said.substring(Math.max(0, said.length() - 2000)).strip(), cause);
  }

  /** Ends the script. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(errors);
  }
}
