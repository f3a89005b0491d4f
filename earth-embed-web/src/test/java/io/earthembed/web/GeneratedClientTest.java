package io.earthembed.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import java.io.File;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * OpenAPI Generator makes a Java client of the document that the server returns; {@code
 * src/test/openapi/Smoke.java} calls every operation with it.
 */
@Timeout(600)
class GeneratedClientTest {
  /** The generator, and in {@code lib} what its clients need; the build copies both there. */
  private static final Path TOOLS = Path.of("target/openapi-client");

  private static final Path SMOKE = Path.of("src/test/openapi/Smoke.java");

  @TempDir Path folder;

  @Test
  void generatedClientCallsEveryOperation() throws Exception {
    assumeTrue(Files.isDirectory(TOOLS), "the build did not copy the generator");
    try (TestServer server = TestServer.start(folder, 30, ServerOptions.DEFAULT)) {
      String document = TestServer.text(server.get("/api/openapi.yaml"));
      assertSmokeNamesEveryOperation(document);
      generate(Files.writeString(folder.resolve("openapi.yaml"), document));
      List<URL> classes = compile();
      String address = "http://127.0.0.1:" + server.server.port();
      try (URLClassLoader loader =
          new URLClassLoader(classes.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
        loader
            .loadClass("Smoke")
            .getMethod("run", String.class, Path.class)
            .invoke(null, address, picture(server));
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof Exception cause) throw cause;
        throw (Error) e.getCause();
      }
    }
  }

  private static void assertSmokeNamesEveryOperation(String document) throws Exception {
    String smoke = Files.readString(SMOKE);
    Matcher operation = Pattern.compile("operationId: (\\w+)").matcher(document);
    int operations = 0;
    while (operation.find()) {
      operations++;
      assertTrue(smoke.contains('.' + operation.group(1) + '('), operation.group(1));
    }
    assertEquals(document.split("operationId", -1).length - 1, operations);
  }

  private void generate(Path document) throws Exception {
    Path log = folder.resolve("generator.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                TOOLS.resolve("openapi-generator-cli.jar").toString(),
                "generate",
                "-i",
                document.toString(),
                "-g",
                "java",
                "--additional-properties",
                "openApiNullable=false",
                "-o",
                folder.resolve("client").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(300, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertTrue(ended && process.waitFor() == 0, Files.readString(log));
  }

  /** Compiles the client and the smoke test; returns what runs them. */
  private List<URL> compile() throws Exception {
    List<URL> path = new ArrayList<>();
    Path out = Files.createDirectory(folder.resolve("classes"));
    path.add(out.toUri().toURL());
    StringBuilder libraries = new StringBuilder();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(TOOLS.resolve("lib"))) {
      for (Path jar : jars) {
        path.add(jar.toUri().toURL());
        libraries.append(jar).append(File.pathSeparator);
      }
    }
    List<Path> sources = new ArrayList<>(List.of(SMOKE));
    try (Stream<Path> files = Files.walk(folder.resolve("client/src/main/java"))) {
      files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter told = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, UTF_8)) {
      List<String> options =
          List.of("-proc:none", "-nowarn", "-d", out.toString(), "-cp", libraries.toString());
      boolean compiled =
          compiler
              .getTask(
                  told, manager, null, options, null, manager.getJavaFileObjectsFromPaths(sources))
              .call();
      assertTrue(compiled, told.toString());
    }
    return path;
  }

  /** Writes the picture of the tile of row 0. */
  private Path picture(TestServer server) throws Exception {
    var explorer = server.earth().explorer();
    TileRecord first = explorer.catalog().record(0);
    var tile =
        explorer
            .imagery()
            .orElseThrow()
            .fetch(Objects.requireNonNull(first.source()), TileParts.TRUE_COLOR);
    return Files.write(folder.resolve("row0.png"), ImageFiles.encodePng(tile.trueColor()));
  }
}
