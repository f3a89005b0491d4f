package io.earthembed.repository;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks that the code has the messages that the guide to troubleshooting explains. */
class TroubleshootingTest {
  @Test
  void theCodeStillSaysThem() throws Exception {
    StringBuilder code = new StringBuilder();
    for (Path file : Repository.sources()) code.append(Files.readString(file));
    List<String> messages = new ArrayList<>();
    for (String line : Files.readAllLines(Repository.DOCS.resolve("guides/troubleshooting.md"))) {
      if (!line.startsWith("| `") || line.startsWith("| `OutOfMemoryError")) continue;
      messages.add(line.substring(3, line.indexOf('`', 3)));
    }
    assertTrue(messages.size() >= 14, messages.toString());
    for (String message : messages) {
      assertTrue(code.indexOf(message) >= 0, "no code says: " + message);
    }
  }
}
