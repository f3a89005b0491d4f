package io.earthembed.geo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Reads the reference's results from the class path, so tests run from any folder. */
public final class GoldenFiles {
  private GoldenFiles() {}

  /** Opens a result file by its name. */
  public static InputStream open(String name) {
    return Objects.requireNonNull(GoldenFiles.class.getResourceAsStream(name), name);
  }

  /** Returns the lines of a result file. */
  public static List<String> lines(String name) throws IOException {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(open(name), StandardCharsets.UTF_8))) {
      return in.lines().toList();
    }
  }
}
