package io.earthembed.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
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
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each published module shows to applications is listed in {@code docs/api}, one line for each
 * type and member: whoever changes it changes the list, where a reviewer sees it. With {@code
 * -Dearthembed.api.write=true} the lists are written instead of compared.
 */
class PublicApiTest {
  private static final ToolProvider JAVAP = ToolProvider.findFirst("javap").orElseThrow();

  @ParameterizedTest
  @ValueSource(strings = {"api", "testkit", "onnx", "faiss", "parquet", "view", "spark"})
  void isWhatIsListed(String module) throws IOException {
    Path classes = Path.of("../earth-embed-" + module + "/target/classes");
    // Only a whole build has it: Spark's jars are many.
    if (module.equals("spark")) assumeTrue(Files.isDirectory(classes), "not built");
    Path list = Path.of("api/earth-embed-" + module + ".txt");
    String actual = list(classes);
    if (Boolean.getBoolean("earthembed.api.write")) Files.writeString(list, actual);
    assertEquals(Files.readString(list), actual, list + ": see docs/guides/releasing.md");
  }

  @ParameterizedTest
  @ValueSource(strings = "target/test-classes")
  void theListWouldNoticeAChange(Path classes) throws IOException {
    String list = list(classes);
    assertTrue(
        list.contains(
            """
            public final class io.earthembed.docs.PublicApiTest$Shown
              public int kept(java.util.List<java.lang.String>) throws java.io.IOException
              public static final int CONSTANT = 7
            """),
        list);
    assertTrue(!list.contains("hidden") && !list.contains("Unseen"), list);
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
          lines.subList(i + 1, end).stream().map(l -> l.replaceAll(";$", "") + '\n').sorted().toList();
      if (header.startsWith("public ")) {
        types.put(nameOf(header), header + '\n' + String.join("", members));
      }
    }
    // A nested type is seen where all around it are.
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

  /** To be listed. */
  public static final class Shown {
    /** So is this. */
    public static final int CONSTANT = 7;

    private Shown() {}

    /** And this. */
    public int kept(List<String> names) throws IOException {
      return names.size() + hidden();
    }

    private int hidden() {
      return 1;
    }

    private static final class Unseen {
      /** Not to be listed. */
      public int seen = 1;
    }
  }
}
