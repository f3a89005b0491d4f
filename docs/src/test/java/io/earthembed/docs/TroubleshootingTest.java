package io.earthembed.docs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages that the guide to troubleshooting explains are those of the code. */
class TroubleshootingTest {
  @Test
  void theCodeStillSaysThem() throws Exception {
    StringBuilder code = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        if (file.toString().contains("earth-embed-") && file.toString().contains("/src/main/")) {
          code.append(Files.readString(file));
        }
      }
    }
    List<String> messages = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("guides/troubleshooting.md"))) {
      if (!line.startsWith("| `") || line.startsWith("| `OutOfMemoryError")) continue;
      messages.add(line.substring(3, line.indexOf('`', 3)));
    }
    assertTrue(messages.size() >= 14, messages.toString());
    for (String message : messages) {
      assertTrue(code.indexOf(message) >= 0, "no code says: " + message);
    }
  }

  /** Guides name each other and what is measured by paths that are there. */
  @Test
  void linksBetweenGuidesLeadSomewhere() throws Exception {
    try (Stream<Path> guides = Files.list(Path.of("guides"))) {
      for (Path guide : guides.filter(f -> f.toString().endsWith(".md")).toList()) {
        String text = Files.readString(guide);
        for (int at = text.indexOf("]("); at >= 0; at = text.indexOf("](", at + 2)) {
          String link = text.substring(at + 2, text.indexOf(')', at));
          if (link.startsWith("http") || link.startsWith("#")) continue;
          String file = link.contains("#") ? link.substring(0, link.indexOf('#')) : link;
          assertTrue(Files.exists(guide.resolveSibling(file)), guide + " links to " + link);
        }
      }
    }
  }
}
