package io.earthembed.repository;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds the repository's files for the tests of this module. Maven starts tests in the module's
 * folder.
 */
public final class Repository {
  /** The top of the tree. */
  public static final Path ROOT = Path.of("../..");

  /** Prose, notebooks and listings. */
  public static final Path DOCS = ROOT.resolve("docs");

  private Repository() {}

  /** Returns the Java files of all published modules, in folders that no running build changes. */
  static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(ROOT, "earth-embed-*")) {
      for (Path module : modules) {
        Path main = module.resolve("src/main/java");
        if (!Files.isDirectory(main)) continue;
        try (Stream<Path> files = Files.walk(main)) {
          files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
        }
      }
    }
    return sources;
  }
}
