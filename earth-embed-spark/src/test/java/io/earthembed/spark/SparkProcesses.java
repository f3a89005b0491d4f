package io.earthembed.spark;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Assertions;

/**
 * A Spark installation made of Maven's jars, and its processes: a standalone master, workers,
 * drivers, each a Java process on loopback. Closing kills all that is left.
 */
final class SparkProcesses implements AutoCloseable {
  /**
   * The options that spark-submit passes to Java 17; these drivers are started without that script.
   */
  private static final List<String> OPENS =
      Stream.of(
              "java.lang",
              "java.lang.invoke",
              "java.lang.reflect",
              "java.io",
              "java.net",
              "java.nio",
              "java.util",
              "java.util.concurrent",
              "java.util.concurrent.atomic",
              "jdk.internal.ref",
              "sun.nio.ch",
              "sun.nio.cs",
              "sun.security.action",
              "sun.util.calendar")
          .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
          .toList();

  /** The longest that a test waits, on a machine with much other work. */
  static final Duration LIMIT = Duration.ofMinutes(10);

  /** For processes that live for seconds. */
  private static final List<String> QUICK =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

  private final Path folder;
  private final Path home;
  private final Path discovery;
  private final Deque<Process> started = new ArrayDeque<>();
  private final List<String> jvm;
  private int logs;

  /**
   * Lays out an installation, for processes that live for seconds.
   *
   * @param folder takes it, logs and what processes leave behind
   */
  SparkProcesses(Path folder) throws IOException {
    this(folder, QUICK);
  }

  /**
   * Lays out an installation.
   *
   * @param folder takes it, logs and what processes leave behind
   * @param jvm options of every process
   */
  SparkProcesses(Path folder, List<String> jvm) throws IOException {
    this.folder = folder;
    this.jvm = jvm;
    this.home = folder.resolve("spark");
    Path jars = Files.createDirectories(home.resolve("jars"));
    String list = Files.readString(Path.of(property("spark.jars.list"))).strip();
    for (String jar : list.split(Pattern.quote(File.pathSeparator))) {
      Files.createSymbolicLink(jars.resolve(Path.of(jar).getFileName()), Path.of(jar));
    }
    // A script that reports a GPU with number 3, to test Spark's assignment without one. Made once:
    // a script that is open for writing cannot be run.
    discovery = folder.resolve("gpus.sh");
    Files.writeString(discovery, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"3\"]}'\n");
    if (!discovery.toFile().setExecutable(true)) throw new IOException(discovery.toString());
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name + " is set by the build");
  }

  /** Returns the artifact under test. */
  static Path application() {
    return Path.of(property("spark.application"));
  }

  /** A process and its output. */
  record Running(Process process, Path log) {
    /** Returns the output so far, of which the end may be a part of a line or of a character. */
    String text() {
      try {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Returns the exit status; fails if the process takes longer. */
    int await(Duration limit) {
      SparkProcesses.await(limit, () -> !process.isAlive(), this);
      return process.exitValue();
    }

    /** Waits for the process to succeed; otherwise fails with its output. */
    String succeed(Duration limit) {
      return end(0, limit);
    }

    /** Waits for the process to end with a status; otherwise fails with its output. */
    String end(int expected, Duration limit) {
      int status = await(limit);
      String text = text();
      Assertions.assertEquals(expected, status, text);
      return text;
    }
  }

  private Running start(List<String> options, String main, List<String> arguments)
      throws IOException {
    return start(List.of(), options, main, arguments);
  }

  private Running start(
      List<String> prefix, List<String> options, String main, List<String> arguments)
      throws IOException {
    Path log = folder.resolve(logs++ + "-" + main.substring(main.lastIndexOf('.') + 1) + ".log");
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(options);
    command.addAll(List.of("-cp", home.resolve("jars") + "/*", main));
    command.addAll(arguments);
    Files.createDirectories(folder);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_LOCAL_DIRS", folder.resolve("local").toString());
    Process process = builder.start();
    started.push(process);
    return new Running(process, log);
  }

  /**
   * Starts HDFS with one data node.
   *
   * @param details the file that names its port, written once it can be used
   */
  Running hdfs(Path details) throws IOException {
    return start(
        List.of("-Xmx512m", "-Dtest.build.data=" + folder.resolve("hdfs")),
        "org.apache.hadoop.test.MiniDFSClusterManager",
        List.of("-format", "-datanodes", "1", "-writeDetails", details.toString()));
  }

  /** Starts a standalone master and returns its URL. */
  String master() throws IOException {
    Running master =
        start(
            List.of("-Xmx256m"),
            "org.apache.spark.deploy.master.Master",
            List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"));
    return awaitText(Pattern.compile("(spark://127\\.0\\.0\\.1:\\d+)\\s"), master::text, master);
  }

  /** Starts a worker of one core, and waits until the master has it. */
  Running worker(String master) throws IOException {
    return worker(master, List.of());
  }

  /**
   * Starts a worker of one core.
   *
   * @param prefix of its command, such as {@code taskset}
   */
  Running worker(String master, List<String> prefix) throws IOException {
    return worker(master, prefix, "1g", "127.0.0.1");
  }

  /**
   * Starts a worker of one core.
   *
   * @param memory for its executors
   * @param host an address of loopback; Spark takes others for other machines
   */
  Running worker(String master, List<String> prefix, String memory, String host)
      throws IOException {
    Running worker =
        start(
            prefix,
            List.of(
                "-Xmx256m",
                "-Dspark.worker.resource.gpu.amount=1",
                "-Dspark.worker.resource.gpu.discoveryScript=" + discovery),
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--host",
                host,
                "--cores",
                "1",
                "--memory",
                memory,
                "--webui-port",
                "0",
                "--work-dir",
                folder.resolve("work-" + logs).toString(),
                master));
    await(LIMIT, () -> worker.text().contains("Successfully registered"), worker);
    return worker;
  }

  /** Makes a jar with one class of the tests. */
  Path jar(Class<?> application) throws IOException {
    Path jar = folder.resolve(application.getSimpleName() + ".jar");
    if (Files.exists(jar)) return jar; // an earlier driver may still read it
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry(application.getName().replace('.', '/') + ".class"));
      try (InputStream in =
          application.getResourceAsStream(application.getSimpleName() + ".class")) {
        Objects.requireNonNull(in).transferTo(out);
      }
    }
    return jar;
  }

  /**
   * Starts a driver as spark-submit does.
   *
   * @param master its URL
   * @param conf {@code name=value}
   * @param arguments the application's
   */
  Running submit(String master, List<String> conf, Object... arguments) throws IOException {
    return submit(Main.class, master, conf, arguments);
  }

  /** Submits an application of the tests, in a jar beside the artifact under test. */
  Running submit(Class<?> main, String master, List<String> conf, Object... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("--master", master));
    List<String> settings = new ArrayList<>();
    settings.add("spark.ui.enabled=false");
    settings.add("spark.executor.memory=1g");
    settings.add("spark.executor.extraJavaOptions=" + String.join(" ", jvm));
    settings.add("spark.sql.shuffle.partitions=4");
    settings.addAll(conf);
    for (String setting : settings) all.addAll(List.of("--conf", setting));
    Collections.addAll(all, "--class", main.getName());
    if (main != Main.class) Collections.addAll(all, "--jars", jar(main).toString());
    all.add(application().toString());
    Arrays.stream(arguments).map(Object::toString).forEach(all::add);
    List<String> options = new ArrayList<>(OPENS);
    // A driver only coordinates, so good compilation does not pay off. --driver-java-options does
    // the same.
    options.add("-XX:TieredStopAtLevel=1");
    options.add("-Xmx1g");
    options.add("-Djdk.reflect.useDirectMethodHandle=false");
    return start(options, "org.apache.spark.deploy.SparkSubmit", all);
  }

  /**
   * Returns a driver's executors on a worker, on which executors of an earlier driver may still be
   * ending.
   */
  static List<ProcessHandle> executors(Running worker, Running driver) {
    String application = awaitText(Pattern.compile("(app-\\d+-\\d+)\\D"), driver::text, driver);
    return worker.process().descendants().filter(p -> serves(p, application)).toList();
  }

  private static boolean serves(ProcessHandle process, String application) {
    try {
      // ProcessHandle.info() has only the first page of a command.
      String command = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
      return command.contains("CoarseGrainedExecutorBackend") && command.contains(application);
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  /**
   * Waits until a text that grows has what a pattern's first group describes, and returns it.
   *
   * @param pattern also has what follows the group, because the text may end within it
   */
  static String awaitText(Pattern pattern, Supplier<String> text, Running told) {
    await(LIMIT, () -> pattern.matcher(text.get()).find(), told);
    Matcher found = pattern.matcher(text.get());
    Assertions.assertTrue(found.find(), told.text());
    return found.group(1);
  }

  /** Waits for something, and fails with a process's output if it does not come. */
  static void await(Duration limit, BooleanSupplier happened, Running told) {
    long end = System.nanoTime() + limit.toNanos();
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() > end) Assertions.fail("not within " + limit + ":\n" + told.text());
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    for (Process process : started) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    // Removes links that point out of the temporary folder; JUnit would warn about each.
    try (Stream<Path> links = Files.list(home.resolve("jars"))) {
      for (Path link : links.toList()) Files.delete(link);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
