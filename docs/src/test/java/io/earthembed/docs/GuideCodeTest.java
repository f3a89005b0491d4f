package io.earthembed.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All Java that these guides show is a piece of an example, which compiles and which tests run. */
class GuideCodeTest {
  private static final List<String> GUIDES =
      List.of("getting-started", "bring-your-own-model", "bring-your-own-archive");
  private static final Pattern PIECE =
      Pattern.compile("^ *// \\[(\\w+)\n(.*?)^ *// \\1]$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern SHOWN =
      Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void showsNothingThatDoesNotCompile() throws Exception {
    List<String> pieces = new ArrayList<>();
    try (Stream<Path> examples = Files.list(Path.of("src/main/java/io/earthembed/docs/examples"))) {
      for (Path example : examples.toList()) {
        Matcher piece = PIECE.matcher(Files.readString(example));
        while (piece.find()) pieces.add(piece.group(2).stripTrailing().stripIndent().strip());
      }
    }
    for (String guide : GUIDES) {
      Matcher shown = SHOWN.matcher(Files.readString(Path.of("guides", guide + ".md")));
      int blocks = 0;
      for (; shown.find(); blocks++) {
        String code = shown.group(1).strip();
        assertTrue(pieces.contains(code), guide + " shows what is in no example:\n" + code);
      }
      assertTrue(blocks > 0, guide + " shows no code");
    }
  }

  /** What the first guide asks Maven for are our modules. */
  @Test
  void namesModulesThatAreThere() throws Exception {
    String guide = Files.readString(Path.of("guides/getting-started.md"));
    Matcher dependency =
        Pattern.compile("<artifactId>(earth-embed-[a-z]+)</artifactId>")
            .matcher(guide.substring(guide.indexOf("</dependencyManagement>")));
    List<String> modules = new ArrayList<>();
    while (dependency.find()) {
      modules.add(dependency.group(1));
      assertTrue(Files.exists(Path.of("..", dependency.group(1), "pom.xml")), dependency.group(1));
    }
    assertEquals(6, modules.size(), modules.toString());
  }
}
