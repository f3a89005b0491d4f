package io.earthembed.guides.notebooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.cli.Main;
import io.earthembed.repository.Repository;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the notebooks with the JJava kernel and with {@link OldKernel}, and the jshell script, as
 * their readers would. Python's packages are installed into {@code target}; if that fails, the
 * notebooks are skipped.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NotebooksTest {
  private static final Path NOTEBOOKS = Repository.DOCS.resolve("notebooks").toAbsolutePath();
  private static final String CLASSES =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  /** Each with how many cells show something as HTML. */
  private static final Map<String, Integer> SHOWN =
      Map.of("quickstart", 6, "compare-two-models", 2, "build-your-own-set", 4, "explorer", 1);

  @TempDir private static Path folder;
  private String noPython = "";

  @BeforeAll
  void prepare() throws Exception {
    PrintStream console = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
    assertEquals(
        0,
        Main.run(
            console, console, "quickstart", "--landscapes", "120", "--out", folder.toString()));
    Path wanted = NOTEBOOKS.resolve("requirements.txt");
    Path installed = Path.of("target/notebooks-venv/installed.txt");
    if (Files.exists(installed) && Files.mismatch(wanted, installed) < 0) return;
    Result venv = execute("python3", "-m", "venv", "target/notebooks-venv");
    Result pip =
        venv.exit != 0
            ? venv
            : execute("target/notebooks-venv/bin/pip", "install", "-q", "-r", wanted.toString());
    if (pip.exit == 0) Files.copy(wanted, installed, REPLACE_EXISTING);
    else noPython = "Python's packages cannot be installed: " + pip.output;
  }

  private record Result(int exit, String output) {}

  private static Result execute(String... command) throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "out", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(log.toFile());
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder
        .environment()
        .put(
            "PATH",
            Path.of("target/notebooks-venv/bin").toAbsolutePath()
                + File.pathSeparator
                + java
                + File.pathSeparator
                + System.getenv("PATH"));
    builder.environment().put("JJAVA_CLASSPATH", CLASSES);
    builder.environment().put("JJAVA_JVM_OPTS", "-Djava.awt.headless=true -Xmx1g");
    builder.environment().put("EARTH_EMBED_DATA", folder.toString());
    builder.environment().put("IJAVA_CLASSPATH", CLASSES);
    builder
        .environment()
        .put(
            "IJAVA_STARTUP_SCRIPT",
            "io.earthembed.view.notebook.IJavaDisplay.install(getKernelInstance());");
    builder.environment().put("JUPYTER_PATH", folder.resolve("jupyter").toString());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Result(-1, String.valueOf(e.getMessage()));
    }
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    process.destroyForcibly();
    return new Result(ended ? process.exitValue() : -1, Files.readString(log, UTF_8));
  }

  /** A kernel by the old libraries, whose class path comes before the notebook's. */
  private static void installOldKernel() throws IOException {
    JsonObject kernel = new JsonObject();
    JsonArray command = new JsonArray();
    for (String word :
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-Djava.awt.headless=true",
            "-cp",
            Path.of("target/old-kernel").toAbsolutePath()
                + "/*"
                + File.pathSeparator
                + Path.of("target/test-classes").toAbsolutePath(),
            OldKernel.class.getName(),
            "{connection_file}")) {
      command.add(word);
    }
    kernel.add("argv", command);
    kernel.addProperty("display_name", "old");
    kernel.addProperty("language", "java");
    Path spec = folder.resolve("jupyter/kernels/old/kernel.json");
    Files.createDirectories(spec.getParent());
    Files.writeString(spec, kernel.toString());
  }

  /** Runs them one after the other, so that the second continues with the set of the first. */
  @Test
  void runWithoutAnErrorAndShowTheirResults() throws Exception {
    assumeTrue(noPython.isEmpty(), noPython);
    installOldKernel();
    for (String kernel : List.of("java", "old")) {
      Path out = Files.createDirectories(folder.resolve("out-" + kernel));
      List<String> command = new ArrayList<>();
      command.add("target/notebooks-venv/bin/python");
      command.add(NOTEBOOKS.resolve("execute.py").toString());
      command.add(kernel);
      command.add(out.toString());
      for (String name : SHOWN.keySet()) command.add(NOTEBOOKS.resolve(name + ".ipynb").toString());
      Result run = execute(command.toArray(String[]::new));
      assertEquals(0, run.exit, run.output);
      for (String name : SHOWN.keySet()) assertShown(kernel, name, out.resolve(name + ".ipynb"));
      String page = Files.readString(out.resolve("explorer.ipynb"));
      assertTrue(page.contains("<iframe src=\\\"http://127.0.0.1:"), page);
      String made = Files.readString(out.resolve("build-your-own-set.ipynb"));
      boolean resumed = made.contains("embedded=0, resumed=1");
      assertEquals(kernel.equals("old"), resumed, "the set is made once, and then gone on with");
    }
  }

  private static void assertShown(String kernel, String name, Path out) throws IOException {
    List<String> html = new ArrayList<>();
    JsonObject notebook = JsonParser.parseString(Files.readString(out)).getAsJsonObject();
    for (JsonElement cell : notebook.getAsJsonArray("cells")) {
      if (!cell.getAsJsonObject().has("outputs")) continue;
      for (JsonElement output : cell.getAsJsonObject().getAsJsonArray("outputs")) {
        JsonObject it = output.getAsJsonObject();
        assertTrue(!it.get("output_type").getAsString().equals("error"), it.toString());
        if (it.has("data") && it.getAsJsonObject("data").has("text/html")) {
          html.add(it.getAsJsonObject("data").get("text/html").toString());
          assertTrue(it.getAsJsonObject("data").has("text/plain") || name.startsWith("build"));
        }
      }
    }
    assertEquals(SHOWN.get(name), html.size(), kernel + " " + name + html);
  }

  @Test
  void committedNotebooksHoldNoOutput() throws IOException {
    for (String name : SHOWN.keySet()) {
      String text = Files.readString(NOTEBOOKS.resolve(name + ".ipynb"));
      JsonObject notebook = JsonParser.parseString(text).getAsJsonObject();
      for (JsonElement cell : notebook.getAsJsonArray("cells")) {
        JsonObject it = cell.getAsJsonObject();
        if (it.has("outputs")) assertEquals(0, it.getAsJsonArray("outputs").size(), name);
      }
    }
  }

  @Test
  void searchesFromJshell() throws Exception {
    Result run =
        execute(
            Path.of(System.getProperty("java.home"), "bin", "jshell").toString(),
            "--class-path",
            CLASSES,
            NOTEBOOKS.resolve("search.jsh").toString());
    assertEquals(0, run.exit, run.output);
    assertTrue(run.output.contains("rank"), run.output);
    assertTrue(!run.output.toLowerCase(Locale.ROOT).contains("error"), run.output);
    assertTrue(Files.size(folder.resolve("jshell-map.png")) > 10_000, run.output);
  }
}
