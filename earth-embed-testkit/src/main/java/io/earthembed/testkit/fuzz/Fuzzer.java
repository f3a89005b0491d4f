package io.earthembed.testkit.fuzz;

import io.earthembed.testkit.process.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs Jazzer on one parser, in a JVM with limited memory. Jazzer mutates valid inputs and learns
 * from the code that they reach. A finding is an exception that leaves the target, an input that
 * takes too long, memory beyond the limits, or the end of the process. The test then fails with
 * Jazzer's report and the input in Base64.
 *
 * <p>The target is a public class of the tests with {@code public static void
 * fuzzerTestOneInput(byte[] data)}, which catches only the expected exceptions. The fuzzing module
 * needs {@code com.code-intelligence:jazzer} in test scope.
 *
 * <pre>{@code
 * Fuzzer.of(TiffFuzz.class).seed("rgb", bytes).runs(10_000).fuzz();
 * }</pre>
 *
 * <p>A build runs a fixed number of inputs, so that fast and slow machines test equally many. With
 * {@code -Dearthembed.fuzz=250} every fuzzer runs for 250 seconds instead. With {@code
 * -Dearthembed.fuzz.corpus=FOLDER} inputs that reach new code are kept in a folder per target, and
 * the next run starts from them too. A fuzzer is for one thread.
 */
public final class Fuzzer {
  private static final int SECONDS = Integer.getInteger("earthembed.fuzz", 0);
  private static final String CORPUS = System.getProperty("earthembed.fuzz.corpus", "");

  /** The most bytes of a finding's input in the report. */
  private static final int SHOWN = 6_000;

  private record Seed(String name, byte[] bytes) {}

  private final Class<?> target;
  private final List<Seed> seeds = new ArrayList<>();
  private final List<String> words = new ArrayList<>();
  private int runs = 10_000;
  private int maxBytes = 20_000;
  private int heapMiB = 256;
  private int directMiB = 256;
  private int processMiB = 1500;
  private int secondsPerInput = 30;
  private String instrumented = "io.earthembed.**";

  private Fuzzer(Class<?> target) {
    this.target = target;
  }

  /** Returns a fuzzer without seeds for a class that has {@code fuzzerTestOneInput}. */
  public static Fuzzer of(Class<?> target) {
    return new Fuzzer(target);
  }

  /** Adds a valid input to start from. */
  public Fuzzer seed(String name, byte[] bytes) {
    seeds.add(new Seed(name, bytes));
    return this;
  }

  /**
   * Adds the files of a folder and its subfolders to start from.
   *
   * @throws UncheckedIOException if a file cannot be read
   */
  public Fuzzer seeds(Path folder) {
    try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        seed(folder.relativize(file).toString().replace('/', '-'), Files.readAllBytes(file));
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds typical bytes of inputs, such as magic numbers and field names. */
  public Fuzzer word(byte[] bytes) {
    StringBuilder word = new StringBuilder("\"");
    for (byte b : bytes) word.append(String.format("\\x%02X", b & 0xFF));
    words.add(word.append('"').toString());
    return this;
  }

  /** Sets the number of inputs that a build runs (default 10,000). */
  public Fuzzer runs(int count) {
    runs = count;
    return this;
  }

  /** Sets the longest input (default 20,000 bytes). Longer seeds are cut. */
  public Fuzzer maxBytes(int count) {
    maxBytes = count;
    return this;
  }

  /**
   * Sets the memory limits in MiB (default 256, 256 and 1,500).
   *
   * @param heap size of the Java heap; the fuzzer itself takes about 150
   * @param direct size of all direct buffers
   * @param process resident memory of the process
   */
  public Fuzzer memory(int heap, int direct, int process) {
    heapMiB = heap;
    directMiB = direct;
    processMiB = process;
    return this;
  }

  /** Sets the longest time for one input (default 30 s, because machines may be busy). */
  public Fuzzer secondsPerInput(int seconds) {
    secondsPerInput = seconds;
    return this;
  }

  /**
   * Sets the classes from which the fuzzer learns (default {@code io.earthembed.**}).
   *
   * @param patterns patterns separated by colons
   */
  public Fuzzer instrumented(String patterns) {
    instrumented = patterns;
    return this;
  }

  /** Runs the fuzzer. Fails with a report if there is a finding. */
  public void fuzz() {
    Path folder;
    try {
      folder = Files.createTempDirectory("fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      fuzz(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(folder);
    }
  }

  private void fuzz(Path folder) throws IOException {
    Path start = Files.createDirectories(folder.resolve("seeds"));
    Path found = Files.createDirectories(folder.resolve("found"));
    Path corpus =
        Files.createDirectories(
            CORPUS.isEmpty()
                ? folder.resolve("corpus")
                : Path.of(CORPUS, target.getSimpleName()).toAbsolutePath());
    for (Seed seed : seeds) Files.write(start.resolve(seed.name), seed.bytes);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--target_class=" + target.getName(),
                "--instrumentation_includes=" + instrumented,
                SECONDS > 0 ? "-max_total_time=" + SECONDS : "-runs=" + runs,
                "-max_len=" + maxBytes,
                "-timeout=" + secondsPerInput,
                "-rss_limit_mb=" + processMiB,
                "-seed=20261124",
                "-print_final_stats=1",
                "-artifact_prefix=" + found + "/"));
    if (!words.isEmpty()) {
      Path dictionary = folder.resolve("words");
      Files.write(dictionary, words);
      arguments.add("-dict=" + dictionary);
    }
    // In the first folder the fuzzer stores inputs that reach new code.
    arguments.add(corpus.toString());
    arguments.add(start.toString());
    ChildJvm.Outcome outcome =
        ChildJvm.withMemory(heapMiB, directMiB, 0)
            .withPatience(Duration.ofSeconds(SECONDS + 300L))
            .run("com.code_intelligence.jazzer.Jazzer", arguments.toArray(String[]::new));
    System.out.println(outcome.output());
    if (outcome.exitCode() != 0) {
      throw new AssertionError(
          target.getSimpleName() + ": " + inputs(found) + "\n" + outcome.output());
    }
  }

  private static String inputs(Path found) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(found)) {
      for (Path file : files.filter(f -> !f.toString().endsWith(".java")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        text.append(file.getFileName()).append(" of ").append(bytes.length).append(" bytes: ");
        text.append(
            bytes.length > SHOWN ? "too long to show" : Base64.getEncoder().encodeToString(bytes));
      }
    }
    return text.toString();
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
