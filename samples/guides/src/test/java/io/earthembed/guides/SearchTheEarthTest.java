package io.earthembed.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.cli.Main;
import io.earthembed.guides.examples.SearchTheEarth;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the lines that README shows on embeddings of the command line. */
class SearchTheEarthTest {
  @Test
  void findsRivers(@TempDir Path folder) throws Exception {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    PrintStream console = new PrintStream(told, true, StandardCharsets.UTF_8);
    int status =
        Main.run(console, console, "embed", "--landscapes", "60", "--out", folder.toString());
    assertEquals(0, status, told.toString(StandardCharsets.UTF_8));
    try (DirectoryStream<Path> made = Files.newDirectoryStream(folder, "embeddings-*")) {
      Path map = folder.resolve("readme.html");
      assertEquals(64, SearchTheEarth.run(made.iterator().next(), map).height());
      assertTrue(Files.size(map) > 100_000);
    }
  }
}
