package io.earthembed.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All Java that README and the guides show is a piece of an example, which compiles. */
class GuideCodeTest {
  private static final List<Path> EXAMPLES =
      List.of(
          Path.of("src/main/java/io/earthembed/guides/examples"),
          Repository.ROOT.resolve("earth-embed-spark/src/test/java/io/earthembed/spark"),
          Repository.ROOT.resolve("earth-embed-solr/src/test/java/io/earthembed/solr"));
  private static final Pattern PIECE =
      Pattern.compile("^ *// \\[(\\w+)\n(.*?)^ *// \\1]$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern SHOWN =
      Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void isCompiledAndNothingCompiledForThemIsMissing() throws Exception {
    Set<String> pieces = new TreeSet<>();
    for (Path folder : EXAMPLES) {
      for (Path example : list(folder, ".java")) {
        Matcher piece = PIECE.matcher(Files.readString(example));
        while (piece.find()) pieces.add(piece.group(2).stripTrailing().stripIndent().strip());
      }
    }
    List<Path> texts = new ArrayList<>(list(Repository.DOCS.resolve("guides"), ".md"));
    texts.addAll(
        List.of(Repository.ROOT.resolve("README.md"), Repository.ROOT.resolve("SECURITY.md")));
    Set<String> shown = new TreeSet<>();
    for (Path text : texts) {
      Matcher block = SHOWN.matcher(Files.readString(text));
      while (block.find()) {
        String code = block.group(1).strip();
        assertTrue(pieces.contains(code), text + " shows what is in no example:\n" + code);
        shown.add(code);
      }
    }
    assertEquals(pieces, shown);
  }

  private static List<Path> list(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** The first guide's Maven dependencies are our modules. */
  @Test
  void namesModulesThatAreThere() throws Exception {
    String guide = Files.readString(Repository.DOCS.resolve("guides/getting-started.md"));
    Matcher dependency =
        Pattern.compile("<artifactId>(earth-embed-[a-z]+)</artifactId>")
            .matcher(guide.substring(guide.indexOf("</dependencyManagement>")));
    List<String> modules = new ArrayList<>();
    while (dependency.find()) {
      modules.add(dependency.group(1));
      assertTrue(
          Files.exists(Repository.ROOT.resolve(dependency.group(1)).resolve("pom.xml")),
          dependency.group(1));
    }
    assertEquals(6, modules.size(), modules.toString());
  }
}
