package io.earthembed.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code docs/api} lists the public API of each published module, one line per type and member. A
 * change of the API changes the list, so reviewers see it. With {@code -Dearthembed.api.write=true}
 * the lists are written instead of compared.
 */
class PublicApiTest {
  private static final java.util.spi.ToolProvider JAVAP =
      java.util.spi.ToolProvider.findFirst("javap").orElseThrow();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api", "core", "demo", "testkit", "onnx", "faiss", "parquet", "raster", "view", "web",
        "cli", "spark", "solr"
      })
  void isWhatIsListed(String module) throws IOException {
    Path classes = Repository.ROOT.resolve("earth-embed-" + module + "/target/classes");
    // Only a whole build has them: their own dependencies are many.
    if (module.equals("spark") || module.equals("solr"))
      assumeTrue(Files.isDirectory(classes), "not built");
    Path list = Repository.DOCS.resolve("api/earth-embed-" + module + ".txt");
    String actual = list(classes);
    if (Boolean.getBoolean("earthembed.api.write")) Files.writeString(list, actual);
    assertEquals(Files.readString(list), actual, list + ": see docs/guides/releasing.md");
  }

  @Test
  void theListWouldNoticeAChange(@TempDir Path folder) throws IOException {
    String source =
        """
        public class Shown {
          public static final int CONSTANT = 7;
          public int kept(java.util.List<String> names) throws java.io.IOException { return hidden(); }
          private int hidden() { return 1; }
          private static class Unseen { public int seen; public static class Inner {} }
        }
        """;
    String list =
        """
        public class Shown
          public Shown()
          public int kept(java.util.List<java.lang.String>) throws java.io.IOException
          public static final int CONSTANT = 7
        """;
    assertEquals(list, list(compile(folder, source)));
    String changed = source.replace("int kept", "long kept").replace("int hidden", "long hidden");
    assertEquals(list.replace("int kept", "long kept"), list(compile(folder, changed)));
  }

  private static Path compile(Path folder, String source) throws IOException {
    Path file = Files.writeString(folder.resolve("Shown.java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertEquals(0, compiler.run(null, null, null, "-d", folder.toString(), file.toString()));
    return folder;
  }

  private static String list(Path classes) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-protected", "-constants"));
    try (Stream<Path> files = Files.walk(classes)) {
      files
          .filter(f -> f.toString().endsWith(".class") && !f.endsWith("module-info.class"))
          .filter(f -> !f.toString().matches(".*/(internal|presets|package-info.class)(/.*)?"))
          .forEach(f -> arguments.add(f.toString()));
    }
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    assertEquals(0, JAVAP.run(out, out, arguments.toArray(String[]::new)), text.toString());
    Map<String, String> types = new TreeMap<>();
    List<String> lines = text.toString().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).endsWith(" {")) continue;
      int end = i + lines.subList(i, lines.size()).indexOf("}");
      String header = lines.get(i).substring(0, lines.get(i).length() - 2);
      List<String> members =
          lines.subList(i + 1, end).stream()
              .map(l -> l.replaceAll(";$", "") + '\n')
              .sorted()
              .toList();
      if (header.startsWith("public ")) {
        types.put(nameOf(header), header + '\n' + String.join("", members));
      }
    }
    // A nested type is visible if all enclosing types are.
    StringBuilder list = new StringBuilder();
    types.forEach(
        (name, type) -> {
          for (int at = name.indexOf('$'); at >= 0; at = name.indexOf('$', at + 1)) {
            if (!types.containsKey(name.substring(0, at))) return;
          }
          list.append(type);
        });
    return list.toString();
  }

  private static String nameOf(String header) {
    return header.replaceFirst("^.*?(class|interface) ", "").replaceFirst("[ <].*", "");
  }
}
