package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.view.MapFiles;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * TypeScript checks the types that the page's comments state, and ESLint its rules. {@code ./run
 * test} installs both if the machine has npm, and names their folder by {@code
 * -Dearthembed.node=FOLDER}.
 */
@EnabledIfSystemProperty(named = "earthembed.node", matches = ".+")
class PageSourcesTest {
  private static final Path PAGE = Path.of("src/main/resources/io/earthembed/web/page");

  @TempDir static Path folder;

  /** Lays the page and the map's modules out as the server does. */
  @BeforeAll
  static void layOut() throws IOException {
    Path map = Files.createDirectories(folder.resolve("src/map"));
    try (Stream<Path> files = Files.list(PAGE)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".js")).toList()) {
        Files.copy(file, folder.resolve("src").resolve(file.getFileName()));
      }
    }
    for (String name : List.of("earth-map.js", "dots.js", "text.js")) {
      Files.write(map.resolve(name), MapFiles.find(name).orElseThrow());
    }
    for (String name : List.of("tsconfig.json", "eslint.config.mjs", "package.json")) {
      Files.copy(Path.of("src/test/page", name), folder.resolve(name));
    }
    Path tools = Path.of(System.getProperty("earthembed.node")).toAbsolutePath();
    Files.createSymbolicLink(folder.resolve("node_modules"), tools.resolve("node_modules"));
  }

  /** Runs a program of the folder of tools; returns what it prints and its exit status. */
  private static String run(String program, String... arguments)
      throws IOException, InterruptedException {
    File out = folder.resolve("out.txt").toFile();
    List<String> command =
        Stream.concat(Stream.of("node", "node_modules/" + program), Stream.of(arguments)).toList();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) process.destroyForcibly();
    return Files.readString(out.toPath(), StandardCharsets.UTF_8) + process.waitFor();
  }

  @Test
  void typesAreRight() throws Exception {
    assertEquals("0", run("typescript/bin/tsc", "-p", "."));
  }

  @Test
  void rulesAreKept() throws Exception {
    assertEquals("0", run("eslint/bin/eslint.js", "src"));
  }

  @Test
  void aFaultWouldBeFound() throws Exception {
    Path fault = folder.resolve("src/fault.js");
    Files.writeString(fault, "/** @type {string} */\nexport const text = 1;\nunknown();\n");
    try {
      String types = run("typescript/bin/tsc", "-p", ".");
      assertEquals(true, types.contains("fault.js(2,14)"), types);
      String rules = run("eslint/bin/eslint.js", "src");
      assertEquals(true, rules.contains("'unknown' is not defined"), rules);
    } finally {
      Files.delete(fault);
    }
  }
}
