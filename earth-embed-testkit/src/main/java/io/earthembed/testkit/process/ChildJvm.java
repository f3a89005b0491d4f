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
 * Runs a main class of the tests in a separate JVM. Limits apply to its heap, its direct buffers
 * and, on Linux, to the memory of the whole process, including native libraries and mapped files.
 * Tests with hostile input use it, so that no caught error hides a crash or excessive memory.
 * Immutable and safe for many threads.
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
   * Returns a JVM with limits, and two minutes for its work.
   *
   * @param heapMiB size of the Java heap ({@code -Xmx})
   * @param directMiB size of all direct buffers ({@code -XX:MaxDirectMemorySize})
   * @param processMiB address space of the process on Linux; an idle JVM takes about 450 beside its
   *     heap; 0 for no limit
   */
  public static ChildJvm withMemory(int heapMiB, int directMiB, int processMiB) {
    return new ChildJvm(heapMiB, directMiB, processMiB, Duration.ofMinutes(2), List.of());
  }

  /** Sets the time after which the JVM is ended (default two minutes). */
  public ChildJvm withPatience(Duration time) {
    return new ChildJvm(heapMiB, directMiB, processMiB, time, options);
  }

  /** Adds options, such as {@code -Dname=value}. */
  public ChildJvm withOptions(String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return new ChildJvm(heapMiB, directMiB, processMiB, patience, all);
  }

  /**
   * The outcome of a run.
   *
   * @param exitCode exit code of the process; -1 if its time ran out
   * @param output its standard output and standard error
   */
  public record Outcome(int exitCode, String output) {
    /** Fails with the output unless the process exited with 0. */
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
        // A child inherits this JVM's peak of resident memory, which Jazzer's limit
        // would count. A process that a shell forks starts from zero.
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

  /** Returns the process before its start, for a test that ends it or communicates with it. */
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
            // Fixes the JVM's own reservations, so that they do not depend on the machine.
            "-XX:CompressedClassSpaceSize=64m",
            "-XX:ReservedCodeCacheSize=96m",
            "-XX:-CreateCoredumpOnCrash"));
    // Silences warnings of newer JDKs about native libraries and Unsafe.
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
    // glibc reserves 64 MiB of addresses for each of many arenas.
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    return builder;
  }
}
