package io.earthembed.testkit.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A main class of the tests in a JVM of its own, with ceilings on its heap, its direct buffers and,
 * on Linux, on the memory of the whole process, native libraries and mapped files included. A test
 * of what hostile input does runs in one: neither a crash nor memory beyond all proportion is
 * hidden by a caught error. Immutable and safe for many threads.
 *
 * <pre>{@code
 * ChildJvm.withMemory(64, 64, 900).run(Attack.class, file.toString()).requireSuccess();
 * }</pre>
 */
public final class ChildJvm {
  private static final boolean LINUX = new File("/proc/self/status").exists();

  private final int heapMiB;
  private final int directMiB;
  private final int processMiB;
  private final Duration patience;
  private final List<String> options;

  private ChildJvm(
      int heapMiB, int directMiB, int processMiB, Duration patience, List<String> options) {
    this.heapMiB = heapMiB;
    this.directMiB = directMiB;
    this.processMiB = processMiB;
    this.patience = patience;
    this.options = List.copyOf(options);
  }

  /**
   * A JVM with limits, and two minutes for its work.
   *
   * @param heapMiB of the Java heap ({@code -Xmx})
   * @param directMiB of direct buffers ({@code -XX:MaxDirectMemorySize})
   * @param processMiB of the address space of the process on Linux, of which an idle JVM takes
   *     about 450 beside its heap; 0 for no limit
   */
  public static ChildJvm withMemory(int heapMiB, int directMiB, int processMiB) {
    return new ChildJvm(heapMiB, directMiB, processMiB, Duration.ofMinutes(2), List.of());
  }

  /** The same JVM, which is ended after another time. */
  public ChildJvm withPatience(Duration time) {
    return new ChildJvm(heapMiB, directMiB, processMiB, time, options);
  }

  /** The same JVM with more options, such as {@code -Dname=value}. */
  public ChildJvm withOptions(String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return new ChildJvm(heapMiB, directMiB, processMiB, patience, all);
  }

  /**
   * What came of a run.
   *
   * @param exitCode of the process; -1 if it was ended because its time was over
   * @param output what it wrote to standard output and standard error
   */
  public record Outcome(int exitCode, String output) {
    /** Fails with the output unless the process ended by itself, with 0. */
    public Outcome requireSuccess() {
      if (exitCode == 0) return this;
      throw new AssertionError(
          (exitCode == -1 ? "out of time" : "exit code " + exitCode) + ": " + output);
    }
  }

  /** Runs the main method of a class of this class path to its end. */
  public Outcome run(Class<?> main, String... arguments) {
    return run(main.getName(), arguments);
  }

  /** Runs the main method of a class of this class path to its end. */
  public Outcome run(String main, String... arguments) {
    try {
      Path folder = Files.createTempDirectory("child-jvm");
      Path log = folder.resolve("log");
      try {
        ProcessBuilder builder = builder(main, arguments);
        // A process that is started has the peak of resident memory of the JVM that starts it,
        // which
        // Jazzer's limit would count. One that a shell forks begins anew.
        if (LINUX) builder.command().addAll(0, List.of("sh", "-c", "\"$@\"; exit $?", "sh"));
        Process process =
            builder
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return outcome(process, log);
      } finally {
        try (var files = Files.list(folder)) {
          for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Outcome outcome(Process process, Path log) throws IOException {
    boolean ended = false;
    try {
      ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
      }
    }
    return new Outcome(
        ended ? process.exitValue() : -1, new String(Files.readAllBytes(log), UTF_8));
  }

  /** The process, not started: for a test that ends it itself, or talks to it. */
  public ProcessBuilder builder(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    if (LINUX && processMiB > 0) {
      // In KiB.
      String limit = String.valueOf(1024L * processMiB);
      command.addAll(List.of("sh", "-c", "ulimit -v \"$0\" && exec \"$@\"", limit));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + heapMiB + "m",
            "-XX:MaxDirectMemorySize=" + directMiB + "m",
            "-XX:+UseSerialGC",
            // What the JVM sets aside for itself does not depend on the machine.
            "-XX:CompressedClassSpaceSize=64m",
            "-XX:ReservedCodeCacheSize=96m",
            "-XX:-CreateCoredumpOnCrash"));
    // Newer JDKs warn of libraries that load natives or use Unsafe, which is no output of the test.
    int feature = Runtime.version().feature();
    if (feature >= 22) command.add("--enable-native-access=ALL-UNNAMED");
    if (feature >= 23) command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            main));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // glibc sets 64 MiB of addresses aside for each of many arenas.
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    return builder;
  }
}
