package io.earthembed.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What README shows is what compiles and runs here. */
class ReadmeTest {
  @Test
  void showsTheCodeThatRuns() throws Exception {
    List<String> example =
        Files.readAllLines(
            Path.of("src/main/java/io/earthembed/docs/examples/SearchTheEarth.java"));
    int from = example.indexOf("    // [readme") + 1;
    int to = example.indexOf("    // readme]");
    String code = String.join("\n", example.subList(from, to)).indent(-4).strip();
    List<String> readme = Files.readAllLines(Path.of("../README.md"));
    int start = readme.indexOf("```java") + 1;
    int end = start + readme.subList(start, readme.size()).indexOf("```");
    assertEquals(code, String.join("\n", readme.subList(start, end)).strip());
  }
}
