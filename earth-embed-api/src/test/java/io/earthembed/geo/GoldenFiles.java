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

  /** One of them, by its name beside this class. */
  public static InputStream open(String name) {
    return Objects.requireNonNull(GoldenFiles.class.getResourceAsStream(name), name);
  }

  /** Its lines. */
  public static List<String> lines(String name) throws IOException {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(open(name), StandardCharsets.UTF_8))) {
      return in.lines().toList();
    }
  }
}
